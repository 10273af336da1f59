import { createEks } from "../../../../local/eks";

const role = "arn:aws:iam::000000000000:role/dump";
const PATH = "/clusters/acme/pod-identity-associations";

const given = () => {
  const eks = createEks({ clusters: { "us-east-1": ["acme"] }, account: "000000000000", now: () => new Date(0), random: Math.random });
  return async (method: string, path: string, body: object = {}, region = "us-east-1") => {
    const [pathname = "", search = ""] = path.split("?");
    const query = new URLSearchParams(search);
    const answer = await eks.handle({ region, method, path: pathname, query, body: Buffer.from(JSON.stringify(body)) });
    return { status: answer.status, error: answer.headers["x-amzn-errortype"], content: JSON.parse(answer.body.toString()) };
  };
};

test("a list comes in pages, each association once", async () => {
  const call = given();
  for (let number = 0; number < 5; number += 1)
    await call("POST", PATH, { namespace: "jobs", serviceAccount: `a${number}`, roleArn: role });

  const seen: string[] = [];
  for (let token: string | undefined = "", pages = 0; token !== undefined; pages += 1) {
    if (pages > 5) throw new Error("the pages never end");
    const { content } = await call("GET", `${PATH}?maxResults=2${token === "" ? "" : `&nextToken=${token}`}`);
    seen.push(...content.associations.map(({ serviceAccount }: { serviceAccount: string }) => serviceAccount));
    token = content.nextToken;
  }

  expect(seen.sort()).toEqual(["a0", "a1", "a2", "a3", "a4"]);
});

test("the same creation again is no second one, and another is refused", async () => {
  const call = given();
  const asked = { namespace: "jobs", serviceAccount: "a", roleArn: role, clientRequestToken: "1" };
  const first = await call("POST", PATH, asked);

  expect(await call("POST", PATH, asked)).toEqual(first);
  expect(await call("POST", PATH, { ...asked, clientRequestToken: "2" })).toMatchObject({ status: 409, error: "ResourceInUseException" });
});

test.each([
  ["POST", PATH, { namespace: "jobs", serviceAccount: "a" }, /roleArn/],
  ["POST", PATH, { namespace: "jobs", serviceAccount: "a", roleArn: role, targetRoleArn: role }, /does not implement targetRoleArn/],
  ["POST", PATH, { namespace: "jobs", serviceAccount: "a", roleArn: role, disableSessionTags: true }, /disableSessionTags/],
  ["GET", `${PATH}?maxResults=0`, {}, /maxResults/],
  ["POST", "/clusters", { name: "other" }, /does not implement POST \/clusters/],
])("%s %s %j is refused by name", async (method, path, body, why) => {
  expect(await given()(method, path, body)).toMatchObject({
    status: 400,
    error: "InvalidParameterException",
    content: { message: expect.stringMatching(why) },
  });
});

test("a cluster of another region, and an association that is not there, are not found", async () => {
  const call = given();

  expect(await call("GET", PATH, {}, "eu-west-1")).toMatchObject({ status: 404, error: "ResourceNotFoundException" });
  expect(await call("DELETE", `${PATH}/a-none`)).toMatchObject({ status: 404, error: "ResourceNotFoundException" });
});
