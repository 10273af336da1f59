const only = (name, from, to, comment) => ({
  name,
  severity: "error",
  comment,
  from: { path: `^${from}/` },
  to: { path: "^(infra|lambdas|recovery|ops|local|test)/", pathNot: `^(${to})/` },
});

/** Imports run one way: recovery <- lambdas <- infra; recovery <- ops; nothing imports local but ops and test. */
module.exports = {
  forbidden: [
    only("recovery-is-the-domain", "recovery", "recovery", "recovery/ imports no other part"),
    only("lambdas-use-the-domain", "lambdas", "lambdas|recovery", "lambdas/ may import recovery/ only"),
    only("infra-deploys-lambdas", "infra", "infra|lambdas|recovery", "the product does not know that local/ exists"),
    only("local-stands-alone", "local", "local|recovery", "the embedded AWS may use the domain, never the product's program"),
    only("ops-drives", "ops", "ops|local|recovery|lambdas", "ops/ drives the product from outside"),
    {
      name: "recovery-without-clients",
      severity: "error",
      comment: "the domain is free of Pulumi and of AWS clients",
      from: { path: "^recovery/" },
      to: { path: "node_modules/(@pulumi|@aws-sdk)/" },
    },
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "not-to-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    exclude: { path: "node_modules" },
  },
};
