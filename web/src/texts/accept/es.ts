import type { AcceptTexts } from "./en";

export const es: AcceptTexts = {
  language: "Idioma",
  loading: "Abriendo su enlace…",
  stepOf: (step, of) => `Paso ${step} de ${of}`,
  invite: {
    titleBy: (inviter, organization) => `${inviter} le invita a ${organization}`,
    title: (organization) => `Tiene una invitación a ${organization}`,
    body: "Acepte para crear su cuenta. Lleva unos dos minutos y no se guarda nada hasta el final.",
    person: "Para",
    address: "Iniciará sesión con",
    until: "Válida hasta",
    accept: "Aceptar la invitación",
    unexpected: "¿No la esperaba? No haga nada: sin usted, la invitación simplemente caduca.",
  },
  password: {
    title: "Elija una contraseña",
    label: "Contraseña nueva",
    show: "Mostrar",
    hide: "Ocultar",
    ruleLength: (n) => `Al menos ${n} caracteres`,
    ruleCommon: "Ni una contraseña común ni solo su nombre o su dirección",
    advice: "Tres o cuatro palabras sin relación son seguras y fáciles de recordar.",
    met: "cumplida",
    strength: "Seguridad",
    levels: ["demasiado corta", "débil", "aceptable", "buena", "fuerte"],
    phone: "Número de móvil",
    phoneHint: "Con prefijo de país, por ejemplo +34 612 34 56 78. Se usa para mensajes sobre su cuenta.",
    continue: "Continuar",
    missing: "Elija una contraseña.",
    phoneMissing: "Escriba su número de móvil.",
  },
  mfa: {
    title: "Configure el segundo paso",
    body: "Para iniciar sesión hacen falta su contraseña y un código de una aplicación de autenticación. Escanee esto con la aplicación:",
    qr: "Código QR para su aplicación de autenticación",
    open: "Abrir en una aplicación de autenticación de este dispositivo",
    typed: "O escriba esta clave en la aplicación:",
    copyKey: "Copiar la clave",
    apps: "¿Aún no tiene ninguna? Sirve cualquiera que genere códigos de seis dígitos, por ejemplo la de su teléfono o su gestor de contraseñas.",
    code: "Código de la aplicación",
    codeHint: "Seis dígitos; cambian cada 30 segundos",
    finish: "Terminar",
    codeMissing: "Escriba los seis dígitos que muestra la aplicación.",
  },
  recovery: {
    title: "Guarde sus códigos de recuperación",
    body: "Si pierde el teléfono, cada uno de estos códigos le da acceso una vez. Solo se muestran ahora.",
    copy: "Copiar los códigos",
    download: "Descargar como texto",
    kept: "Los he guardado",
    file: (address) => `Códigos de recuperación de Rollcall para ${address}. Cada uno sirve una vez.`,
  },
  done: {
    title: "Todo listo",
    body: (organization) => `Su cuenta en ${organization} está lista y ha iniciado sesión.`,
    go: "Ir a Rollcall",
  },
  dead: {
    expired: {
      title: "Esta invitación ha caducado",
      what: (when) => `Era válida hasta el ${when}.`,
      todo: "Pida una nueva. Se enviará a la misma dirección que esta.",
    },
    replaced: {
      title: "Hay una invitación más reciente",
      what: (when) => `El ${when} se envió una invitación más reciente; este enlace anterior ya no funciona.`,
      todo: "Abra el correo más reciente y use su enlace. Mire también en la carpeta de correo no deseado.",
    },
    used: {
      title: "Esta invitación ya se usó",
      what: (when) => `La cuenta se creó el ${when}.`,
      todo: "Inicie sesión con su dirección y su contraseña.",
    },
    revoked: {
      title: "Esta invitación se retiró",
      what: (when) => `Un administrador la retiró el ${when}.`,
      todo: "Si cree que es un error, pregunte a la persona que le invitó.",
    },
    address_changed: {
      title: "Su dirección ha cambiado",
      what: (when) =>
        `El ${when} se envió una invitación nueva a su nueva dirección; este enlace anterior ya no funciona.`,
      todo: "Abra el correo en su nueva dirección y use su enlace.",
    },
    notFound: {
      title: "Este enlace no funciona",
      what: "Está incompleto o se alteró por el camino.",
      todo: "Ábralo de nuevo directamente desde el correo. Si ocupa dos líneas, cópielo entero.",
    },
    noTime: "hace algún tiempo",
    renew: "Enviar una invitación nueva",
    resend: "Enviarla otra vez",
    signIn: "Ir al inicio de sesión",
    retry: "Intentar de nuevo",
    renewedTitle: "Mire su correo",
    renewed:
      "Si esta invitación se puede renovar, hay una nueva en camino a la dirección registrada. Puede tardar unos minutos.",
  },
  reset: {
    title: "Elija una contraseña nueva",
    body: "Al guardarla se cierran todas sus sesiones, y después entra con la contraseña nueva.",
    save: "Guardar la contraseña",
    doneTitle: "Su contraseña ha cambiado",
    done: "Se han cerrado todas sus sesiones. Entre con su contraseña nueva.",
    ask: "Pedir un enlace nuevo",
    askTitle: "Recibir un enlace nuevo",
    askBody: "Escriba la dirección con la que entra.",
    email: "Correo electrónico",
    emailMissing: "Escriba su correo electrónico.",
    send: "Enviar el enlace",
    asked:
      "Si hay una cuenta con esta dirección, un enlace para elegir una contraseña nueva está en camino. Puede tardar unos minutos y vale 24 horas.",
    dead: {
      expired: {
        title: "Este enlace ha caducado",
        what: (when) => (when ? `Era válido hasta el ${when}.` : "Era válido durante 24 horas."),
        todo: "Pida uno nuevo.",
      },
      used: {
        title: "Este enlace ya se usó",
        what: (when) =>
          when ? `Con él se eligió una contraseña nueva el ${when}.` : "Con él se eligió una contraseña nueva.",
        todo: "Entre con su contraseña nueva.",
      },
      replaced: {
        title: "Este enlace ya no funciona",
        what: (when) =>
          when
            ? `Desde el ${when} hay un enlace más nuevo, o la contraseña se cambió de otro modo.`
            : "Hay un enlace más nuevo, o la contraseña se cambió de otro modo.",
        todo: "Use el enlace del correo más reciente. Si no hay ninguno, pida uno nuevo.",
      },
    },
  },
  change: {
    title: "Confirme su nueva dirección",
    body: (organization) =>
      `Desde ahora entra en ${organization} con esta dirección. Se cierran todas sus sesiones y los mensajes se envían a ella.`,
    address: "Nueva dirección",
    confirm: "Confirmar la nueva dirección",
    unexpected: "¿No lo esperaba? Entonces no haga nada: la dirección queda como está.",
    doneTitle: "Su dirección ha cambiado",
    done: (email) => `Desde ahora entra con ${email}. Se han cerrado todas sus sesiones.`,
    dead: {
      expired: {
        title: "Este enlace ha caducado",
        what: (when) =>
          when
            ? `Era válido hasta el ${when}. La dirección queda como estaba.`
            : "No se usó a tiempo. La dirección queda como estaba.",
        todo: "Entre con su dirección antigua y pida a un administrador que la cambie de nuevo.",
      },
      used: {
        title: "Esta dirección está confirmada",
        what: (when) => (when ? `Se confirmó el ${when}.` : "Ya se había confirmado."),
        todo: "Entre con ella.",
      },
      replaced: {
        title: "Este cambio fue sustituido",
        what: (when) =>
          when
            ? `El ${when} se escribió otra dirección o se retiró el cambio.`
            : "Se escribió otra dirección o se retiró el cambio.",
        todo: "Use el enlace del correo más reciente. Si no hay ninguno, entre con su dirección antigua.",
      },
    },
  },
  problem: {
    title: "No ha funcionado",
    unreachable: "Sin conexión con el servidor. Compruebe su red e inténtelo de nuevo; no se ha perdido nada.",
    server: "El servidor ha tenido un problema. Inténtelo de nuevo en un momento.",
    tooMany: "Demasiados intentos. Espere unos minutos e inténtelo de nuevo.",
    codes: {
      password_too_short: "Esta contraseña es demasiado corta.",
      password_too_long: "Esta contraseña es demasiado larga.",
      password_too_common: "Esta contraseña es de las primeras que prueban los atacantes. Elija otra.",
      password_word_blocked: "Su organización no permite una de las palabras de esta contraseña. Elija otra.",
      phone_required: "Escriba su número de móvil.",
      phone_not_valid: "Este número no existe. Compruebe el prefijo y las cifras.",
      phone_country_code_missing: "Empiece por el prefijo de país, por ejemplo +34.",
      phone_national: "Empiece por el prefijo de país, por ejemplo +34.",
      email_taken: "Esta dirección pertenece ya a otra cuenta. Pregunte a un administrador.",
      code_not_valid:
        "Este código no es correcto (o ya no lo es). Use el que la aplicación muestra ahora y compruebe la hora de su teléfono.",
    },
  },
  copied: "Copiado",
};
