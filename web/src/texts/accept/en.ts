/** The acceptance page in English: the shape that every other language fills. */
export const en = {
  language: "Language",
  loading: "Opening your link …",
  stepOf: (step: number, of: number) => `Step ${step} of ${of}`,
  invite: {
    titleBy: (inviter: string, organization: string) => `${inviter} invites you to ${organization}`,
    title: (organization: string) => `You are invited to ${organization}`,
    body: "Accept to set up your account. It takes about two minutes, and nothing is saved before the end.",
    person: "For",
    address: "You sign in with",
    until: "Valid until",
    accept: "Accept invitation",
    unexpected: "Not expecting this? Then do nothing: without you, the invitation simply expires.",
  },
  password: {
    title: "Choose a password",
    label: "New password",
    show: "Show",
    hide: "Hide",
    ruleLength: (n: number) => `At least ${n} characters`,
    ruleCommon: "Not a common password, and not just your name or address",
    advice: "Three or four unrelated words are strong and easy to remember.",
    met: "met",
    strength: "Strength",
    levels: ["too short", "weak", "fair", "good", "strong"],
    phone: "Mobile number",
    phoneHint: "With country code, for example +44 7400 123456. It is used for messages about your account.",
    continue: "Continue",
    missing: "Choose a password.",
    phoneMissing: "Enter your mobile number.",
  },
  mfa: {
    title: "Set up your second step",
    body: "Signing in takes your password and a code from an authenticator app. Scan this with the app:",
    qr: "QR code for your authenticator app",
    open: "Open in an authenticator app on this device",
    typed: "Or type this key into the app:",
    copyKey: "Copy key",
    apps: "No app yet? Any that makes six-digit codes will do, for example the one built into your phone or password manager.",
    code: "Code from the app",
    codeHint: "Six digits; a new one every 30 seconds",
    finish: "Finish",
    codeMissing: "Enter the six digits that the app shows.",
  },
  recovery: {
    title: "Keep your recovery codes",
    body: "If you lose your phone, each of these gets you in once. They are shown only now.",
    copy: "Copy codes",
    download: "Download as text",
    kept: "I have kept them",
    file: (address: string) => `Rollcall recovery codes for ${address}. Each works once.`,
  },
  done: {
    title: "You are all set",
    body: (organization: string) => `Your account at ${organization} is ready and you are signed in.`,
    go: "Go to Rollcall",
  },
  dead: {
    expired: {
      title: "This invitation has expired",
      what: (when: string) => `It was valid until ${when}.`,
      todo: "Ask for a new one. It goes to the address that this one was sent to.",
    },
    replaced: {
      title: "There is a newer invitation",
      what: (when: string) => `A newer invitation was sent on ${when}; this older link no longer works.`,
      todo: "Open the newest mail and use the link in it. Look in your spam folder too.",
    },
    used: {
      title: "This invitation was used",
      what: (when: string) => `The account was set up on ${when}.`,
      todo: "Sign in with your address and password.",
    },
    revoked: {
      title: "This invitation was withdrawn",
      what: (when: string) => `An administrator took it back on ${when}.`,
      todo: "If you think this is a mistake, ask the person who invited you.",
    },
    address_changed: {
      title: "Your address was changed",
      what: (when: string) =>
        `On ${when} a new invitation was sent to your new address; this older link no longer works.`,
      todo: "Open the mail at your new address and use the link in it.",
    },
    notFound: {
      title: "This link does not work",
      what: "It is incomplete or was changed on its way.",
      todo: "Open it again straight from the mail. If it is split over two lines, copy all of it.",
    },
    noTime: "some time ago",
    renew: "Send a new invitation",
    resend: "Send it again",
    signIn: "Go to sign-in",
    retry: "Try again",
    renewedTitle: "Look into your mail",
    renewed:
      "If this invitation can be renewed, a new one is on its way to the address on file. It can take a few minutes.",
  },
  reset: {
    title: "Choose a new password",
    body: "When you save it, you are signed out everywhere, and then sign in with the new password.",
    save: "Save password",
    doneTitle: "Your password is changed",
    done: "You were signed out everywhere. Sign in with your new password.",
    ask: "Ask for a new link",
    askTitle: "Get a new link",
    askBody: "Enter the address that you sign in with.",
    email: "Email",
    emailMissing: "Enter your email address.",
    send: "Send the link",
    asked:
      "If there is an account with this address, a link for choosing a new password is on its way. It can take a few minutes and is good for 24 hours.",
    dead: {
      expired: {
        title: "This link has expired",
        what: (when: string | null) => (when ? `It was valid until ${when}.` : "It was valid for 24 hours."),
        todo: "Ask for a new one.",
      },
      used: {
        title: "This link was used",
        what: (when: string | null) =>
          when ? `A new password was chosen with it on ${when}.` : "A new password was chosen with it.",
        todo: "Sign in with your new password.",
      },
      replaced: {
        title: "This link no longer works",
        what: (when: string | null) =>
          when
            ? `Since ${when} there is a newer link, or the password was changed in another way.`
            : "There is a newer link, or the password was changed in another way.",
        todo: "Use the link in the newest mail. If there is none, ask for a new one.",
      },
    },
  },
  change: {
    title: "Confirm your new address",
    body: (organization: string) =>
      `From now on you sign in to ${organization} with this address. You are signed out everywhere, and messages go to it.`,
    address: "New address",
    confirm: "Confirm new address",
    unexpected: "Not expecting this? Then do nothing: the address stays as it is.",
    doneTitle: "Your address is changed",
    done: (email: string) => `You sign in with ${email} from now on. You were signed out everywhere.`,
    dead: {
      expired: {
        title: "This link has expired",
        what: (when: string | null) =>
          when
            ? `It was valid until ${when}. The address stays as it was.`
            : "It was not used in time. The address stays as it was.",
        todo: "Sign in with your old address, and ask an administrator to change it again.",
      },
      used: {
        title: "This address is confirmed",
        what: (when: string | null) => (when ? `It was confirmed on ${when}.` : "It was confirmed before."),
        todo: "Sign in with it.",
      },
      replaced: {
        title: "This change was replaced",
        what: (when: string | null) =>
          when
            ? `On ${when} another address was entered, or the change was taken back.`
            : "Another address was entered, or the change was taken back.",
        todo: "Use the link in the newest mail. If there is none, sign in with your old address.",
      },
    },
  },
  problem: {
    title: "That did not work",
    unreachable: "No connection to the server. Check your network and try again; nothing is lost.",
    server: "The server had a problem. Please try again in a moment.",
    tooMany: "Too many attempts. Wait a few minutes, then try again.",
    codes: {
      password_too_short: "This password is too short.",
      password_too_long: "This password is too long.",
      password_too_common: "This password is among the first that attackers try. Choose another one.",
      password_word_blocked: "Your organization does not allow one of the words in this password. Choose another one.",
      phone_required: "Enter your mobile number.",
      phone_not_valid: "This is not a number in use. Check the country code and the digits.",
      phone_country_code_missing: "Begin with the country code, for example +44.",
      phone_national: "Begin with the country code, for example +44.",
      email_taken: "This address belongs to another account by now. Ask an administrator.",
      code_not_valid:
        "This code is not right (any more). Take the one that the app shows now, and check that your phone's clock is right.",
    } as Record<string, string>,
  },
  copied: "Copied",
};

export type AcceptTexts = typeof en;
