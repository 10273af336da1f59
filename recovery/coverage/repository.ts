/**
 * The host and the path of a repository's URL, whichever way it is reached: `https://git.example/acme/shop.git`, `ssh://git@git.example:2222/acme/shop`
 * and `git@git.example:acme/shop.git` are one place.
 */
export const repositoryPlace = (url: string): string => {
  const withScheme = /^[a-z+]+:\/\//i.test(url) ? url : url.replace(/^([^/:]+):/, "ssh://$1/");
  const place = withScheme
    .replace(/^[a-z+]+:\/\//i, "")
    .replace(/^[^/@]*@/, "")
    .replace(/^([^/:]+):\d+\//, "$1/");
  return place
    .replace(/\/+$/, "")
    .replace(/\.git$/i, "")
    .toLowerCase();
};
