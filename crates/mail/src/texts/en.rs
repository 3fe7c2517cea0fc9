//! English.

use super::{DigestTexts, InvitationTexts, Texts};

pub(super) const TEXTS: Texts = Texts {
    tag: "en",
    greeting: "Hello {name},",
    invitation: InvitationTexts {
        subject: "{who} invites you to Rollcall · expires {day}",
        lead: [
            "{inviter} invites you to finish your Rollcall account at {organization}. It takes about two minutes.",
            "{inviter} invites you to finish your Rollcall account. It takes about two minutes.",
            "{organization} invites you to finish your Rollcall account. It takes about two minutes.",
            "You are invited to finish your Rollcall account. It takes about two minutes.",
        ],
        button: "Accept invitation",
        expires: "This link expires on {expires}. After that you can ask for a new one with the same link.",
        replaces: "This link replaces the one in the mail we sent you earlier.",
        unexpected: "You did not expect this? Then ignore this mail; without you nothing happens.",
        questions: "Questions? Write to {inviter}: {email}",
    },
    digest: DigestTexts {
        subject: ["1 invitation has expired", "{count} invitations have expired"],
        lead: [
            "An invitation that you sent has expired before the person finished their account:",
            "{count} invitations that you sent have expired before the people finished their accounts:",
        ],
        more: "… and {more} more.",
        button: "See expired invitations",
        note: "Resending gives each of them a new link. Or they ask for one themselves, with the old link.",
    },
    bare: "Or open this link in your browser:",
    footer: "Sent by Rollcall because somebody made an account for this address.",
    moment: "{day} {month} {year}, {time} UTC",
    short_day: "{day} {month}",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    short_months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
};
