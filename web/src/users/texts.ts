import type { AccountAct, CredentialMode } from "../api";
import type { BulkChange, Skip } from "./bulk";
import type { Sort } from "./filters";

/** The words of the pages about users, in English, beside those in ../texts/en. */

const people = (n: number) => (n === 1 ? "1 person" : `${n} people`);

export const texts = {
  people,
  status: {
    created: "Not invited",
    invited: "Invited",
    active: "Active",
    locked_out: "Locked out",
    deactivated: "Deactivated",
  } as Record<string, string>,

  filter: {
    organization: "Organization",
    status: "Status",
    group: "Group",
    chooseOrganization: "Choose an organization first: its groups are its own.",
    noGroups: "This organization has no groups.",
    sort: "Sort",
    sortedBy: (what: string) => `Sorted by ${what}`,
    sorts: { name: "Name A–Z", "-name": "Name Z–A" } satisfies Record<Sort, string>,
    searching: (n: string) => `Searching … ${n} found so far`,
  },

  bulk: {
    change: "Change",
    invitations: "Invitations",
    account: "Account",
    roles: { add: "Give roles …", replace: "Replace roles …", remove: "Take roles away …" },
    groups: { add: "Add to groups …", remove: "Remove from groups …" },
    courses: { add: "Give courses …", remove: "Take courses away …" },
    services: { add: "Assign services …", remove: "Take services away …" },
    site: "Set site …",
    property: "Set a property …",
    invite: "Send or resend …",
    revoke: "Revoke …",
    activate: "Activate …",
    deactivate: "Deactivate …",
    unlock: "Unlock …",
    delete: "Delete …",

    titles: {
      roles: { add: "Give roles", replace: "Replace roles", remove: "Take roles away" },
      groups: { add: "Add to groups", remove: "Remove from groups" },
      courses: { add: "Give courses", remove: "Take courses away" },
      services: { add: "Assign services", remove: "Take services away" },
      site: "Set the site",
      property: "Set a property",
      invite: "Send invitations",
      revoke: "Revoke invitations",
      activate: "Activate accounts",
      deactivate: "Deactivate accounts",
      unlock: "Unlock accounts",
      delete: "Delete accounts",
    },

    mixed:
      "The ticked people belong to several organizations, and each has lists of its own. Tick people of one organization, or filter by one.",
    noneBelongs: "None of the ticked people belongs to an organization. Technicians have roles and no such lists.",
    noEntries: "This organization's list is empty. Add something under Settings first.",
    chooseProperty: "Property",
    value: "Value",
    removeValue: "Remove the value",
    chooseFirst: "Choose something to see what will happen.",

    /** What exactly will happen, before it does. */
    sentence: (change: BulkChange, n: number, names: string): string => {
      switch (change.what) {
        case "roles":
          if (change.how === "add") return `${people(n)} will be given ${names}. Roles they have already stay.`;
          if (change.how === "replace") return `${people(n)} will have ${names} and no other role.`;
          return `${names} will be taken away from ${people(n)}. Who thereby may do less is signed out everywhere.`;
        case "groups":
          return change.how === "add"
            ? `${people(n)} will be added to ${names} and get the modules of those that are active.`
            : `${people(n)} will be removed from ${names} and lose the modules that only those give.`;
        case "courses":
        case "services":
          return change.how === "add" ? `${people(n)} will get ${names}.` : `${names} will be taken from ${people(n)}.`;
        case "site":
          return `${people(n)} will belong to the site ${names}.`;
        case "property":
          return change.value === null
            ? `The value will be removed from ${people(n)}.`
            : `${people(n)} will get this value.`;
        case "invitation":
          return change.act === "invite"
            ? `An invitation will be mailed to ${people(n)}. Links that were mailed to them before stop working.`
            : `The links mailed to ${people(n)} stop working at once. You can send new invitations later.`;
        case "account":
          if (change.act === "deactivate")
            return `${people(n)} will be signed out everywhere at once and cannot sign in. Settings and groups are kept, and pending invitations are revoked.`;
          if (change.act === "activate")
            return `${people(n)} will be active again. Each gets a mail to choose a new password, and sets up the second factor anew.`;
          return `${people(n)} can try to sign in again at once.`;
        case "delete":
          return `The accounts of ${people(n)} will be deleted. This is final and cannot be taken back. Their addresses are free again; the audit trail stays.`;
      }
    },
    oneRoleNote: "A member has exactly one role: theirs is replaced.",
    nobody: "Nobody who is ticked would be changed.",
    leftAlone: "Left as they are:",
    skips: {
      already: "nothing to change",
      other_kind: "of a kind of user that this role is not for",
      no_lists: "a technician, who belongs to no organization",
      one_role: "can have one role only",
      needs_role: "would be without a role",
      nothing_to_send: "has registered or cannot be invited now",
      nothing_to_revoke: "without a pending invitation",
      off_own: "your own account",
      off_root: "the Root Master",
      off_more: "out of your reach: needs permissions that you do not hold yourself",
      state: "not in a state for this",
    } satisfies Record<Skip, string>,
    skipped: {
      already: "Nothing to change",
      other_kind: "The role is not for this kind of user",
      no_lists: "Technicians belong to no organization",
      one_role: "Can have one role only",
      needs_role: "Would be without a role",
      nothing_to_send: "Nothing to send",
      nothing_to_revoke: "No pending invitation",
      off_own: "Your own account",
      off_root: "The Root Master",
      off_more: "Needs permissions that you do not hold",
      state: "Not in a state for this",
    } satisfies Record<Skip, string>,

    confirm: (change: BulkChange, n: number): string => {
      switch (change.what) {
        case "delete":
          return `Delete ${people(n)}`;
        case "account":
          return `${{ activate: "Activate", deactivate: "Deactivate", unlock: "Unlock" }[change.act]} ${people(n)}`;
        case "invitation":
          return change.act === "invite"
            ? `Invite ${people(n)}`
            : `Revoke ${n === 1 ? "1 invitation" : `${n} invitations`}`;
        default:
          return `Change ${people(n)}`;
      }
    },
    running: (settled: string, total: string) => `${settled} of ${total}`,
    progress: "Progress",
    results: "Results",
    person: "Person",
    result: "Result",
    outcome: {
      waiting: "Waiting",
      running: "Running …",
      done: "Done",
      stopped: "Not begun",
      refused: "Refused",
      skipped: "Left as is",
    },
    finished: (done: string) => `${done} done`,
    refusedCount: (n: string) => `${n} refused`,
    skippedCount: (n: string) => `${n} left as they were`,
    stoppedCount: (n: string) => `${n} not begun`,
    retry: (n: number) => `Try ${n === 1 ? "the refused one" : `the ${n} refused`} again`,
    goOn: (n: number) => `Go on with ${n === 1 ? "the last one" : `the other ${n}`}`,
    copy: "Copy results",
    stop: "Stop",
    stopTitle: "Stop here?",
    stopBody: (settled: number, total: number) =>
      `${settled} of ${total} are through. Those that have begun are finished and stay as they are; the rest will not be begun.`,
    keepGoing: "Keep going",
  },

  tabs: {
    label: "About this person",
    details: "Details",
    access: "Access",
    invitation: "Invitation",
    security: "Security",
    history: "History",
  },

  details: {
    organization: "In the organization",
    usernameFixed: "never changes",
    phone: "Phone",
    site: "Site",
    headquarters: "HQ",
    courses: "Courses",
    services: "Services",
    properties: "Properties",
    language: "Language",
    timeZone: "Time zone",
    createdBy: "Created",
    imported: "by an import",
    yes: "Yes",
    no: "No",
    notSet: "Not set",
    waits: (email: string) => `Waits for confirmation at ${email}`,
    waitsBody: "Until its owner opens the mailed link, the present address stays. The link ends",
    clone: "Clone",
  },

  access: {
    roles: "Roles",
    noRoles: "No role",
    rootNote: "Root Master: the account that set this deployment up. Its role cannot be changed here by anyone.",
    permissions: "Permissions",
    explicit: "Given explicitly",
    nothing: "Their own account only",
    scope: "Organizations",
    scopeAll: "All organizations",
    groups: "Groups",
    noGroups: "In no group",
    inactive: "inactive",
    inactiveNote: "gives no modules until it is active",
    modules: "Modules",
    noModules: "No modules",
    allModules: "All modules of the organization, whatever the groups give",
  },

  invitation: {
    bounced: "The mail came back",
    bouncedBody: (email: string) =>
      `The mail server did not take the mail to ${email}. The address may be mistyped or closed.`,
    complained: "Marked as spam",
    complainedBody: (email: string) =>
      `The person at ${email} marked the mail as spam. Ask them before you invite them again, or use another address.`,
    suppressed: "The address is on the stop list",
    suppressedBody: (email: string) =>
      `Mails to ${email} came back before, so the mail service sends nothing there any more. Use another address.`,
    firstPassword:
      "They were given a first password, good for 14 days, and must change it when they sign in. An invitation takes its place.",
    newAddress: "New address",
    editAndInvite: "Edit address and invite again",
    saveAndInvite: "Save and invite again",
    sameAddress: "Enter another address; this is the one that did not work.",
    done: (email: string) => `A new invitation goes to ${email}`,
  },

  security: {
    status: "Status",
    lockedUntil: "Locked until",
    lockedNote: "Too many sign-ins failed. Sessions that are open go on.",
    reset: "Password reset",
    resetStates: {
      pending: "Link mailed; it ends",
      used: "A new password was chosen",
      expired: "The link has expired; mail a new one",
      revoked: "The link was revoked",
    },
    actions: "Actions",
    sessions: "Signed in",
    noSessions: "Nowhere at the moment.",
    never: "Nobody can be signed in before they have registered.",
    deactivated: "Nowhere: a deactivated account is signed out everywhere.",
    unknownDevice: "Unknown device",
    lastSeen: "last seen",
    thisOne: "you, here",
    endSessions: "Sign out everywhere",
    keys: "API keys",
    noKeys: "None: no program acts in their name.",
    keyEnds: "ends",
    endKeys: "End all API keys",
    fixed: {
      off_own:
        "This is your own account. Others with the permission can change its status; your password and second factor are under your profile.",
      off_root: "This is the Root Master. It can be neither deactivated nor deleted, by anyone.",
      off_more:
        "This person holds permissions or looks after organizations that you do not, so the account is out of your reach.",
    },
    remove: "Delete account",
    danger: "Danger zone",
    describe: {
      unlock: "They can try to sign in again at once.",
      "reset-password": "Signs them out everywhere, ends their API keys and mails a link that is good for 24 hours.",
      "reset-mfa":
        "Signs them out everywhere and ends their API keys; they set the second factor up at the next sign-in.",
      deactivate: "Signs them out everywhere at once and keeps settings and groups.",
      activate: "They choose a new password and set up the second factor anew.",
      remove: "Final. Frees the address and the username; the audit trail stays.",
    } as Record<AccountAct | "remove", string>,
  },

  act: {
    label: {
      unlock: "Unlock",
      "reset-password": "Reset password",
      "reset-mfa": "Reset second factor",
      deactivate: "Deactivate",
      activate: "Activate",
    } satisfies Record<AccountAct, string>,
    done: {
      unlock: (name: string) => `${name} is unlocked`,
      "reset-password": (name: string) => `${name} gets a mail to choose a new password`,
      "reset-mfa": (name: string) => `${name} sets the second factor up at the next sign-in`,
      deactivate: (name: string) => `${name} is deactivated`,
      activate: (name: string) => `${name} is active again`,
    } satisfies Record<AccountAct, (name: string) => string>,
    ask: {
      "reset-password": {
        title: (name: string) => `Reset the password of ${name}?`,
        body: "The present password stops working at once, every session ends, and a link to choose a new one is mailed. It is good for 24 hours.",
      },
      "reset-mfa": {
        title: (name: string) => `Reset the second factor of ${name}?`,
        body: "Authenticator and recovery codes stop working, and every session ends. It is set up anew at the next sign-in. Make sure that it is really them who asked.",
      },
      deactivate: {
        title: (name: string) => `Deactivate ${name}?`,
        body: "They are signed out everywhere at once and cannot sign in. Settings and groups are kept, a pending invitation is revoked. You can activate the account again; password and second factor are then set up anew.",
      },
      activate: {
        title: (name: string) => `Activate ${name}?`,
        body: "If they had registered, they get a mail to choose a new password and set up the second factor anew. If not, you can invite them again.",
      },
    } as Partial<Record<AccountAct, { title: (name: string) => string; body: string }>>,
    cancel: "Cancel",
    remove: "Delete for good",
    removeTitle: (name: string) => `Delete ${name}?`,
    removeBody:
      "This is final and cannot be taken back. The account, its sessions and its invitation are gone, the address and the username are free again. What was done with the account stays in the audit trail.",
    removed: (name: string) => `${name} was deleted`,
    endTitle: (name: string) => `Sign ${name} out everywhere?`,
    endBody:
      "Every browser they are signed in with has to sign in again. What is not saved there is lost. Their API keys end, too.",
    endKeysTitle: (name: string) => `End all API keys of ${name}?`,
    endKeysBody: "Programs that use them are refused at once. This cannot be taken back.",
    keysEnded: (name: string) => `No API key of ${name} is good any more`,
    ended: (name: string) => `${name} is signed out everywhere`,
  },

  history: {
    empty: "Nothing was written down about this person yet.",
    more: "Show older",
  },

  form: {
    edit: (name: string) => `Edit ${name}`,
    clone: (name: string) => `Clone ${name}`,
    cloneIntro: "The new account gets the same roles, groups, site, courses, services, properties and organization.",
    cloneSubmit: "Create the account",
    cloned: (name: string) => `${name} was created`,
    kindHints: {
      technician: "Works for the whole deployment",
      end_user: "Belongs to one organization",
      member: "Belongs to one organization, with one role and its groups' modules",
    },
    sections: { person: "Person", access: "Access", organization: "In the organization", credentials: "First sign-in" },
    usernameHint: "Leave it empty to sign in with the email address. It never changes once the account is saved.",
    languageHint: "Of mails, and of the page where the account is finished.",
    timeZoneHint: "In which times are shown and notifications are scheduled.",
    timeZone: "Time zone",
    language: "Language",
    notSet: "Not set",
    scope: "Looks after",
    scopeAll: "All organizations, and those to come",
    scopeSome: "Only these",
    chooseSome: "Choose at least one organization.",
    explicit: "Permissions beside the roles",
    notYours: "You do not hold this yourself",
    allModules: "All modules, whatever the groups give",
    moduleAccess: "Modules",
    modulesByRole: "As the role has it",
    modulesOfGroups: "Only what the groups give",
    invite: "Mail the invitation now",
    inviteLater: "You can send it later, one by one or to many.",
    rootRole: "The role of the Root Master cannot be changed.",
    ownRole: "Nobody changes their own roles, permissions or organizations.",
    filterOptions: (label: string) => `Find in ${label.toLowerCase()}`,
    noOption: "None of that name.",
    chosen: (n: number) => `${n} chosen`,
    emptyList: "The organization's list is empty.",
    pendingEmail: "The address changes only after its owner has confirmed a mail that goes there; the old one is told.",
    modes: {
      link: { name: "Mail a link", description: "They choose their own password. Nobody else ever knows it." },
      generate_and_mail: {
        name: "Generate a password and mail it",
        description: "You never see it. It must be changed at the first sign-in.",
      },
      specify_and_mail: {
        name: "Specify a password and mail it",
        description: "It must be changed at the first sign-in.",
      },
      specify_only: {
        name: "Specify a password, mail nothing",
        description: "Tell them yourself. It must be changed at the first sign-in, within 14 days.",
      },
    } satisfies Record<CredentialMode, { name: string; description: string }>,
    firstPassword: "How they get their first password",
    passwordMissing: "Enter the first password.",
    staleBy: (name: string) => `${name} changed this person in the meantime`,
    stale: "Somebody changed this person in the meantime",
    staleBody: "Nothing of yours was saved yet. This is what they changed:",
    staleSame: "What they changed is what you see here already.",
    staleBoth: "You both changed this. Yours will be saved, unless you take theirs.",
    takeTheirs: "Take theirs",
    saveOnTop: "Save mine on top",
    discard: "Discard mine",
  },

  /** Refusals in one line, where the API's own words are not for a person at this page. */
  refusals: {
    permission_denied: "You may not do this to this person",
    version_conflict: "Was changed by somebody else just now",
    user_not_found: "The account is gone",
    unreachable: "The server could not be reached",
  } as Record<string, string>,
};
