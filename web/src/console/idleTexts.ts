/** Every word of the question whether somebody is still there, in English. */
const plural = (n: number, one: string, many: string): string => (n === 1 ? `1 ${one}` : `${n} ${many}`);

export const texts = {
  title: "Are you still there?",
  body: (limit: string) =>
    `Nobody has been active here for ${limit}. To keep your account safe you will be signed out; you can then sign in and carry on at the same place.`,
  left: (seconds: number) => `${plural(seconds, "second", "seconds")} left`,
  announce: (seconds: number) => `You will be signed out in ${plural(seconds, "second", "seconds")}.`,
  pageTitle: (seconds: number) => `(${seconds} s) Are you still there?`,
  stay: "Stay signed in",
  signOut: "Sign out now",
  limit: (minutes: number) =>
    minutes % 60 === 0 ? plural(minutes / 60, "hour", "hours") : plural(minutes, "minute", "minutes"),
};
