/** Every word about choosing a password in the console, in English. */
export const texts = {
  password: "Password",
  current: "Current password",
  fresh: "New password",
  show: "Show",
  hide: "Hide",
  strength: "Strength",
  levels: ["too short", "weak", "fair", "good", "strong"],
  rules: "What it must be",
  ruleLength: (n: number) => `At least ${n} characters`,
  ruleUncommon: "Not a common password, and not just your name or address",
  ruleBlocked: "None of the words that your organization does not allow",
  met: "met",
  advice: "Three or four unrelated words are strong and easy to remember.",
  enter: "Choose a password.",
  enterCurrent: "Enter your current password.",
};
