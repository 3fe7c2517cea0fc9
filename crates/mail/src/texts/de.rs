//! German.

use super::{DigestTexts, InvitationTexts, Texts};

pub(super) const TEXTS: Texts = Texts {
    tag: "de",
    greeting: "Guten Tag {name},",
    invitation: InvitationTexts {
        subject: "{who} lädt Sie zu Rollcall ein · gültig bis {day}",
        lead: [
            "{inviter} lädt Sie ein, Ihr Rollcall-Konto bei {organization} fertig einzurichten. Das dauert etwa zwei Minuten.",
            "{inviter} lädt Sie ein, Ihr Rollcall-Konto fertig einzurichten. Das dauert etwa zwei Minuten.",
            "{organization} lädt Sie ein, Ihr Rollcall-Konto fertig einzurichten. Das dauert etwa zwei Minuten.",
            "Sie sind eingeladen, Ihr Rollcall-Konto fertig einzurichten. Das dauert etwa zwei Minuten.",
        ],
        button: "Einladung annehmen",
        expires: "Dieser Link gilt bis {expires}. Danach können Sie mit demselben Link einen neuen anfordern.",
        replaces: "Dieser Link ersetzt den aus unserer früheren E-Mail.",
        unexpected: "Sie haben das nicht erwartet? Dann beachten Sie diese E-Mail nicht weiter; ohne Sie geschieht nichts.",
        questions: "Fragen? Schreiben Sie an {inviter}: {email}",
    },
    digest: DigestTexts {
        subject: ["1 Einladung ist abgelaufen", "{count} Einladungen sind abgelaufen"],
        lead: [
            "Eine Ihrer Einladungen ist abgelaufen, bevor das Konto fertig eingerichtet war:",
            "{count} Ihrer Einladungen sind abgelaufen, bevor die Konten fertig eingerichtet waren:",
        ],
        more: "… und {more} weitere.",
        button: "Abgelaufene Einladungen ansehen",
        note: "Erneutes Senden gibt jeder Person einen neuen Link. Mit dem alten Link kann sie ihn auch selbst anfordern.",
    },
    bare: "Oder öffnen Sie diesen Link im Browser:",
    footer: "Von Rollcall gesendet, weil jemand für diese Adresse ein Konto angelegt hat.",
    moment: "{day}. {month} {year}, {time} Uhr UTC",
    short_day: "{day}. {month}",
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    short_months: ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
};
