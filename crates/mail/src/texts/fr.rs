//! French.

use super::{DigestTexts, InvitationTexts, Texts};

pub(super) const TEXTS: Texts = Texts {
    tag: "fr",
    greeting: "Bonjour {name},",
    invitation: InvitationTexts {
        subject: "{who} vous invite sur Rollcall · expire le {day}",
        lead: [
            "{inviter} vous invite à finaliser votre compte Rollcall chez {organization}. Cela prend environ deux minutes.",
            "{inviter} vous invite à finaliser votre compte Rollcall. Cela prend environ deux minutes.",
            "{organization} vous invite à finaliser votre compte Rollcall. Cela prend environ deux minutes.",
            "Vous êtes invité à finaliser votre compte Rollcall. Cela prend environ deux minutes.",
        ],
        button: "Accepter l’invitation",
        expires: "Ce lien expire le {expires}. Passé ce délai, il vous permet d’en demander un nouveau.",
        replaces: "Ce lien remplace celui de notre précédent message.",
        unexpected: "Vous n’attendiez pas cette invitation ? Ignorez ce message ; sans vous, rien ne se passe.",
        questions: "Une question ? Écrivez à {inviter} : {email}",
    },
    digest: DigestTexts {
        subject: ["1 invitation a expiré", "{count} invitations ont expiré"],
        lead: [
            "Une invitation que vous avez envoyée a expiré avant que le compte ne soit finalisé :",
            "{count} invitations que vous avez envoyées ont expiré avant que les comptes ne soient finalisés :",
        ],
        more: "… et {more} de plus.",
        button: "Voir les invitations expirées",
        note: "Un nouvel envoi donne à chaque personne un nouveau lien. Elle peut aussi le demander elle-même avec l’ancien lien.",
    },
    bare: "Ou ouvrez ce lien dans votre navigateur :",
    footer: "Envoyé par Rollcall parce que quelqu’un a créé un compte pour cette adresse.",
    moment: "{day} {month} {year} à {time} UTC",
    short_day: "{day} {month}",
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    short_months: ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
};
