import type { Day, Schedule } from "../api/types";
import { inOrder, runs } from "./schedule";

/** Every word of one's own account and of the first steps, in English. */

const plural = (n: number, one: string, many: string): string => (n === 1 ? `1 ${one}` : `${n} ${many}`);
const list = new Intl.ListFormat("en", { type: "conjunction" });

const days: Record<Day, string> = {
  mon: "Monday",
  tue: "Tuesday",
  wed: "Wednesday",
  thu: "Thursday",
  fri: "Friday",
  sat: "Saturday",
  sun: "Sunday",
};

/** "Monday to Friday, 08:00 to 18:00". */
export function scheduleWords(schedule: Schedule): string {
  const all = inOrder(schedule.days);
  const named = runs(all).flatMap(([first, last]) => {
    const span = all.slice(all.indexOf(first), all.indexOf(last) + 1);
    return span.length > 2 ? [`${days[first]} to ${days[last]}`] : span.map((day) => days[day]);
  });
  return `${all.length === 7 ? "Every day" : list.format(named)}, ${schedule.from} to ${schedule.to}`;
}

export const texts = {
  title: "Your account",
  tabsLabel: "Your account",
  tabs: { profile: "Profile", notifications: "Notifications", security: "Security", keys: "API keys" },
  words: "me my own settings language time zone phone",
  securityWords: "password mfa second factor authenticator recovery codes sessions sign out everywhere",
  menu: "Account",

  conflict:
    "Your account was changed elsewhere in the meantime. What is shown is the newest; make your change again if it is still missing.",

  profile: {
    name: "Name",
    email: "Email",
    username: "Username",
    byAdministrator: "An administrator can change these.",
    language: "Language",
    languageHint: "Of mails to you, and of the pages that their links lead to. The console speaks English.",
    timeZone: "Time zone",
    timeZoneHint: "Your notification schedule goes by it. Where none is set, it is UTC.",
    ofBrowser: (zone: string) => `Use this browser's: ${zone}`,
    phone: "Mobile number",
    phoneHint:
      "With country code, for example +44 7400 123456. For notifications and, if you choose so, sign-in codes.",
    phoneInUse: "Sign-in codes go to this number.",
    changeInUse: "Change it under Security",
    phoneEnds: "Changing it signs you out everywhere, here too.",
    idle: "Ask whether I am still there after",
    idleHint: "If nobody answers within a minute, you are signed out, in every tab.",
    idleDefault: " (usual)",
    gettingStarted: "Show the page with first steps",
    saved: "Your profile was saved",
    phoneTitle: "Change your mobile number?",
    phoneBody: "You are signed out everywhere, here too, and then sign in again.",
    phoneConfirm: "Change and sign out",
  },

  notifications: {
    intro: "Rollcall tells you when imports finish, mails come back and invitations expire.",
    noRole: "They are told to people who import and invite others. None of your roles includes that.",
    about: "About",
    all: "All organizations",
    allHint: "Also those that come later",
    selected: "Only these",
    organizations: "Organizations",
    findOrganization: "Find an organization",
    noOrganization: "No organization of that name.",
    noOrganizations: "There is no organization yet.",
    chooseOrganization: "Choose an organization, or all of them.",
    when: "When",
    always: "At any time",
    scheduled: "Only at these times",
    scheduledHint: "What happens at other times is told when the next of them begins.",
    days: "Days",
    dayNames: days,
    shortDays: { mon: "Mon", tue: "Tue", wed: "Wed", thu: "Thu", fri: "Fri", sat: "Sat", sun: "Sun" },
    from: "From",
    to: "To",
    noDay: "Choose a day.",
    noTime: "It must end after it begins.",
    inZone: (zone: string) => `By the clock of ${zone}.`,
    changeZone: "Change your time zone",
    mail: "By mail",
    text: "By text message",
    severity: "What",
    severities: {
      info: { name: "Everything", hint: "Also imports that went well, and invitations that expired" },
      warning: { name: "Warnings and what is worse", hint: "Imports with refused rows, mails that came back" },
      critical: { name: "Only what is critical", hint: "Nothing that Rollcall tells today is" },
      off: { name: "Nothing", hint: "" },
    },
    priority: "How urgent",
    priorities: {
      low: { name: "Any urgency", hint: "Also invitations that expired" },
      normal: { name: "Normal and higher", hint: "Also imports that went well" },
      high: { name: "Only high", hint: "Imports with refused rows, mails that came back" },
    },
    noPhone: "Your account has no mobile number.",
    addPhone: "Add it to your profile",
    saved: "Your notifications were saved",
  },

  security: {
    password: "Password",
    passwordEnds: "When you change it, you are signed out everywhere, here too, and sign in with the new one.",
    changePassword: "Change password",
    wrongPassword: "This is not your current password.",
    mfa: "Second factor",
    mfaRequired: "Your account must have one.",
    mfaOptional: "With one, a stolen password is not enough to sign in as you.",
    mfaEnds: "Setting one up or removing it signs you out everywhere, here too.",
    methods: { totp: "Authenticator app", text: "Text message" },
    on: "Set up",
    off: "Not set up",
    textTo: (phone: string) => `Codes go to ${phone}.`,
    add: "Set up",
    addOf: { totp: "Set up an authenticator app", text: "Set up text messages" },
    renew: { totp: "Set up anew", text: "Use another number" },
    sendText: "Send the code",
    remove: "Remove",
    removeOf: { totp: "Remove the authenticator app?", text: "Remove text messages?" },
    removeBody: "Enter your password to remove it. You are signed out everywhere, here too.",
    lastRequired: "Your account must have a second factor: set up the other one before you remove this one.",
    prove: "Enter your password to show that it is you.",
    next: "Continue",
    recovery: "Recovery codes",
    recoveryNone: "You get ten of them when you set up a second factor.",
    recoveryLeft: (n: number) =>
      n === 0
        ? "You have used all of them. Make new ones, so that you can sign in without your phone."
        : `${n} of 10 are left. Each gets you in once without your phone.`,
    newCodes: "Make new codes",
    newCodesTitle: "Make new recovery codes?",
    newCodesBody: "The old ones stop working at once. Enter your password to go on.",
    codesTitle: "Your new recovery codes",
    codesKept: "I have kept them",
    sessions: "Where you are signed in",
    current: "This session",
    since: "signed in",
    seen: "last active",
    unknownDevice: "Unknown device",
    unknownPlace: "unknown place",
    end: "Sign out",
    ended: (device: string) => `${device} was signed out`,
    endOthers: "Sign out all others",
    endOthersTitle: "Sign out all other sessions?",
    endOthersBody: (n: number) => `${plural(n, "session ends", "sessions end")} at once. This one goes on.`,
    endedOthers: "All other sessions were signed out",
    keep: "Keep them",
  },

  start: {
    title: "Getting started",
    intro: (name: string) => `Welcome, ${name}. These are the first steps:`,
    done: "done",
    steps: {
      mfa: {
        title: "Protect your account",
        body: "Set up a second factor, so that a stolen password is not enough.",
        action: "Set up a second factor",
      },
      import: {
        title: "Try an import",
        body: "Look at a sample sheet with the mistakes that real ones have. Nothing leaves your browser before you confirm.",
        action: "Open a sample",
      },
      invite: {
        title: "Invite a colleague",
        body: "Add one person by hand. They get a mail with a link that expires.",
        action: "Add a person",
      },
    },
    allDone: "That is all of it. You will not need this page any more.",
    hide: "Do not show this page any more",
    hidden: "The page with first steps is hidden; your profile can bring it back.",
  },
};
