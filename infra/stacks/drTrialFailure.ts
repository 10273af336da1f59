import { z } from "zod";

/** What a function that failed says of itself comes as JSON within the provider's message. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
const ERROR_MESSAGE = /"errorMessage"\s*:\s*("(?:[^"\\]|\\.)*")/;

/** The function's own message where it is one, the provider's otherwise. */
export const functionMessage = (message: string): string => {
  const quoted = ERROR_MESSAGE.exec(message)?.[1];
  return quoted === undefined ? message : z.string().parse(JSON.parse(quoted));
};

/** What a person does next, by what Lambda says: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors */
export const nextStep = (message: string, { functionName, region }: { readonly functionName: string; readonly region: string }): string => {
  if (/ResourceNotFoundException|Function not found/i.test(message))
    return `The parameter that prod wrote names this function, and ${region} does not have it: check the account of the credentials, and who deleted it; prod makes it again`;
  if (/lambda:InvokeFunction/.test(message))
    return `Allow lambda:InvokeFunction on ${functionName} to the credentials that deploy dr; \`npm run lifeboat -- bootstrap\` makes a role that may`;
  if (/TooManyRequestsException|Throttl|Rate exceeded/i.test(message))
    return "Run it again in a minute; if it goes on, the account's concurrency in this region is used up: stop what uses it, or raise the quota";
  if (/event that it does not know/.test(message))
    return "The prod stack that deployed the function is older than this program: use the release that prod was deployed with";
  return `Run it again; the function's log group, by default /aws/lambda/${functionName} in ${region}, has the rest`;
};
