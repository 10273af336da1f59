import { repositoryPlace } from "../../../../recovery/coverage/repository";

describe("a repository's place", () => {
  it.each([
    "https://git.example/acme/shop.git",
    "https://git.example/Acme/shop/",
    "http://token@git.example:8443/acme/shop",
    "ssh://git@git.example:2222/acme/shop.git",
    "git@git.example:acme/shop.git",
  ])("of %s is one", (url) => {
    expect(repositoryPlace(url)).toBe("git.example/acme/shop");
  });

  it.each(["https://git.example/acme/shop2.git", "https://git.example/acme/group/shop", "https://other.example/acme/shop"])(
    "of %s is another",
    (url) => {
      expect(repositoryPlace(url)).not.toBe("git.example/acme/shop");
    },
  );
});
