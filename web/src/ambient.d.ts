declare module "virtual:formulas" {
  const mathml: Readonly<Record<string, string>>;
  export default mathml;
}
