//! Spanish.

use super::{DigestTexts, InvitationTexts, Texts};

pub(super) const TEXTS: Texts = Texts {
    tag: "es",
    greeting: "Hola, {name}:",
    invitation: InvitationTexts {
        subject: "{who} te invita a Rollcall · caduca el {day}",
        lead: [
            "{inviter} te invita a completar tu cuenta de Rollcall en {organization}. Te llevará unos dos minutos.",
            "{inviter} te invita a completar tu cuenta de Rollcall. Te llevará unos dos minutos.",
            "{organization} te invita a completar tu cuenta de Rollcall. Te llevará unos dos minutos.",
            "Te han invitado a completar tu cuenta de Rollcall. Te llevará unos dos minutos.",
        ],
        button: "Aceptar la invitación",
        expires: "Este enlace caduca el {expires}. Después, con el mismo enlace puedes pedir uno nuevo.",
        replaces: "Este enlace sustituye al del mensaje que te enviamos antes.",
        unexpected: "¿No esperabas esta invitación? Ignora este mensaje; sin ti no ocurre nada.",
        questions: "¿Preguntas? Escribe a {inviter}: {email}",
    },
    digest: DigestTexts {
        subject: ["1 invitación ha caducado", "{count} invitaciones han caducado"],
        lead: [
            "Una invitación que enviaste ha caducado antes de que la persona completara su cuenta:",
            "{count} invitaciones que enviaste han caducado antes de que las personas completaran sus cuentas:",
        ],
        more: "… y {more} más.",
        button: "Ver las invitaciones caducadas",
        note: "Al reenviarlas, cada persona recibe un enlace nuevo. También puede pedirlo con el enlace antiguo.",
    },
    bare: "O abre este enlace en tu navegador:",
    footer: "Enviado por Rollcall porque alguien creó una cuenta para esta dirección.",
    moment: "{day} de {month} de {year} a las {time} UTC",
    short_day: "{day} {month}",
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    short_months: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"],
};
