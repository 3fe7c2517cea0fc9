import { span } from "../ui/span";

/** Every word of the way in, in English. */
export const texts = {
  title: "Sign in to Rollcall",
  name: "Email or username",
  password: "Password",
  next: "Continue",
  forgot: "Forgot password?",
  wrong: "Email or password is not right. After an invitation, the account exists once it was accepted.",
  enterName: "Enter your email address or username.",
  enterPassword: "Enter your password.",
  tooMany: (seconds: number | null) =>
    seconds === null
      ? "Too many attempts. Wait a while, then try again."
      : `Too many attempts. Try again in ${span(seconds)}.`,
  tooManyTexts: (seconds: number | null) =>
    seconds === null
      ? "No more text messages for now. Wait a while, then try again."
      : `The next text message can be sent in ${span(seconds)}.`,
  startAgain: "This sign-in took too long, or too many codes were wrong. Begin again.",
  backToSignIn: "Back to sign-in",
  otherAccount: "Use another account",

  /** Why nobody is signed in any more. */
  ended: {
    idle: "You were signed out because nobody was active for a while. Sign in to carry on where you were.",
    expired: "Your session has ended. Sign in to carry on where you were.",
    "signed-out": "You are signed out.",
    password: "Your password is changed, and you were signed out everywhere. Sign in with the new one.",
    phone: "Your phone number is changed, and you were signed out everywhere.",
    mfa: "Your second factor is changed, and you were signed out everywhere. Sign in with the new one.",
  },

  unsent: {
    title: "An import is not sent yet",
    body: "Rows that the server does not have yet are only in this browser. Signing out erases them.",
    confirm: "Sign out and erase",
    stay: "Stay signed in",
  },
  stillIn: {
    title: "You are still signed in",
    body: "The server could not be told that you want to sign out. Check the connection and try again.",
    confirm: "Try again",
    stay: "Stay signed in",
  },

  reset: {
    title: "Forgot your password?",
    body: "Enter what you sign in with. A link for choosing a new password goes to your email address.",
    send: "Send the link",
    sentTitle: "Look into your mail",
    sent: (name: string) =>
      `If there is an account for ${name}, a link for choosing a new password is on its way to its email address. It can take a few minutes and is good for 24 hours.`,
  },

  code: {
    title: "Second step",
    body: {
      totp: "Enter the six digits that your authenticator app shows for Rollcall.",
      text: "Enter the six digits that were sent to your phone.",
      recovery: "Enter one of the recovery codes that you kept. Each works once.",
    },
    label: { totp: "Code", text: "Code", recovery: "Recovery code" },
    enter: { totp: "Enter the six digits.", text: "Enter the six digits.", recovery: "Enter a recovery code." },
    verify: "Sign in",
    wrong: {
      totp: "This code is not right (any more). Codes change every 30 seconds; check that the clock of your phone is right.",
      text: "This code is not right (any more). Take the one from the newest text message.",
      recovery: "This recovery code is not right, or was used before.",
    },
    use: {
      totp: "Use your authenticator app",
      text: "Send me a text message instead",
      recovery: "Use a recovery code",
    },
    again: "Send another text message",
    sent: (end: string) => `A text message is on its way to the number that ends in ${end.replace(/^\D+/, "")}.`,
  },

  first: {
    title: "Choose your own password",
    body: "The password that you were given was good for this once. Choose one that only you know.",
    save: "Save and continue",
  },

  enrol: {
    title: "Set up your second step",
    body: "Your account needs more than a password. It takes a minute, and you do it once.",
  },

  recovery: {
    title: "Keep your recovery codes",
    done: "I have kept them",
  },
};
