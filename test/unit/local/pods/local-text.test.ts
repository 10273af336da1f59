import { withLocalPaths } from "../../../../local/pods/kubelet/local-text";

const folders = new Map([
  ["/lifeboat/work", "/run/w"],
  ["/lifeboat/work/deep", "/run/d"],
  ["/tmp", "/run/t $&"],
]);

test.each([
  ["/lifeboat/work", "/run/w"],
  ["/lifeboat/work/a.sh", "/run/w/a.sh"],
  ["/lifeboat/work/deep/a", "/run/d/a"],
  ["--file=/lifeboat/work/a,b=/tmp", "--file=/run/w/a,b=/run/t $&"],
  ["PATH=/bin:/lifeboat/work:/tmp/x", "PATH=/bin:/run/w:/run/t $&/x"],
  ['cat "/lifeboat/work/a" /tmp; ls', 'cat "/run/w/a" /run/t $&; ls'],
  ["file:///lifeboat/work/a", "file:///run/w/a"],
  // Not the folder, though it reads like it.
  ["/lifeboat/workshop", "/lifeboat/workshop"],
  ["/data/lifeboat/work", "/data/lifeboat/work"],
  ["https://tmp/x", "https://tmp/x"],
  ["s3://bucket/tmp/x", "s3://bucket/tmp/x"],
])("%s is %s", (text, expected) => {
  expect(withLocalPaths(text, folders)).toBe(expected);
});

test("without folders a text stays as it is", () => {
  expect(withLocalPaths("/lifeboat/work", new Map())).toBe("/lifeboat/work");
});
