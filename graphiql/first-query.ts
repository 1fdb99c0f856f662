/** The first steps of a newcomer: they stand in the editor when the page opens. */
export const firstQuery = `# Sign in. With SMS_PROVIDER=console the code is a line
# of the server's output:
# {"msg":"sms","to":"+15551234567","code":"123456"}
mutation Start($phone: String!) {
  startVerification(input: { phone: $phone }) {
    phone
    expiresAt
  }
}

# Put the code into the variables below and run this one.
mutation Confirm($phone: String!, $code: String!) {
  confirmVerification(
    input: { phone: $phone, code: $code }
  ) {
    accessToken
    expiresAt
  }
}

# Paste the access token under Headers:
# { "authorization": "Bearer <access token>" }
query Me {
  me {
    id
    phone
    organizations {
      id
      name
      role
    }
  }
}
`;

export const firstVariables = `{
  "phone": "+1 555 123 4567",
  "code": ""
}
`;
