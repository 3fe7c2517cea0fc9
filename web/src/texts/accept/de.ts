import type { AcceptTexts } from "./en";

export const de: AcceptTexts = {
  language: "Sprache",
  loading: "Ihr Link wird geöffnet …",
  stepOf: (step, of) => `Schritt ${step} von ${of}`,
  invite: {
    titleBy: (inviter, organization) => `${inviter} lädt Sie zu ${organization} ein`,
    title: (organization) => `Sie sind zu ${organization} eingeladen`,
    body: "Nehmen Sie an, um Ihr Konto einzurichten. Das dauert etwa zwei Minuten; vor dem letzten Schritt wird nichts gespeichert.",
    person: "Für",
    address: "Sie melden sich an mit",
    until: "Gültig bis",
    accept: "Einladung annehmen",
    unexpected: "Nicht erwartet? Dann tun Sie nichts: Ohne Sie läuft die Einladung einfach ab.",
  },
  password: {
    title: "Passwort wählen",
    label: "Neues Passwort",
    show: "Anzeigen",
    hide: "Verbergen",
    ruleLength: (n) => `Mindestens ${n} Zeichen`,
    ruleCommon: "Kein verbreitetes Passwort und nicht nur Ihr Name oder Ihre Adresse",
    advice: "Drei oder vier Wörter ohne Zusammenhang sind stark und leicht zu merken.",
    met: "erfüllt",
    strength: "Stärke",
    levels: ["zu kurz", "schwach", "mäßig", "gut", "stark"],
    phone: "Mobilnummer",
    phoneHint: "Mit Ländervorwahl, zum Beispiel +49 1512 3456789. Sie dient für Nachrichten zu Ihrem Konto.",
    continue: "Weiter",
    missing: "Wählen Sie ein Passwort.",
    phoneMissing: "Geben Sie Ihre Mobilnummer ein.",
  },
  mfa: {
    title: "Zweiten Schritt einrichten",
    body: "Zur Anmeldung gehören Ihr Passwort und ein Code aus einer Authenticator-App. Scannen Sie dies mit der App:",
    qr: "QR-Code für Ihre Authenticator-App",
    open: "In einer Authenticator-App auf diesem Gerät öffnen",
    typed: "Oder geben Sie diesen Schlüssel in der App ein:",
    copyKey: "Schlüssel kopieren",
    apps: "Noch keine App? Jede, die sechsstellige Codes erzeugt, ist recht, zum Beispiel die in Ihrem Telefon oder Passwortmanager eingebaute.",
    code: "Code aus der App",
    codeHint: "Sechs Ziffern; alle 30 Sekunden neue",
    finish: "Fertigstellen",
    codeMissing: "Geben Sie die sechs Ziffern ein, die die App anzeigt.",
  },
  recovery: {
    title: "Notfallcodes aufbewahren",
    body: "Wenn Sie Ihr Telefon verlieren, bringt Sie jeder dieser Codes einmal hinein. Sie werden nur jetzt angezeigt.",
    copy: "Codes kopieren",
    download: "Als Text herunterladen",
    kept: "Ich habe sie aufbewahrt",
    file: (address) => `Rollcall-Notfallcodes für ${address}. Jeder gilt einmal.`,
  },
  done: {
    title: "Alles eingerichtet",
    body: (organization) => `Ihr Konto bei ${organization} ist bereit, und Sie sind angemeldet.`,
    go: "Zu Rollcall",
  },
  dead: {
    expired: {
      title: "Diese Einladung ist abgelaufen",
      what: (when) => `Sie galt bis ${when}.`,
      todo: "Fordern Sie eine neue an. Sie geht an die Adresse, an die auch diese ging.",
    },
    replaced: {
      title: "Es gibt eine neuere Einladung",
      what: (when) => `Eine neuere Einladung wurde am ${when} gesendet; dieser ältere Link gilt nicht mehr.`,
      todo: "Öffnen Sie die neueste Mail und nutzen Sie deren Link. Sehen Sie auch im Spam-Ordner nach.",
    },
    used: {
      title: "Diese Einladung wurde verwendet",
      what: (when) => `Das Konto wurde am ${when} eingerichtet.`,
      todo: "Melden Sie sich mit Ihrer Adresse und Ihrem Passwort an.",
    },
    revoked: {
      title: "Diese Einladung wurde zurückgezogen",
      what: (when) => `Ein Administrator hat sie am ${when} zurückgenommen.`,
      todo: "Wenn Sie das für einen Irrtum halten, fragen Sie die Person, die Sie eingeladen hat.",
    },
    address_changed: {
      title: "Ihre Adresse wurde geändert",
      what: (when) =>
        `Am ${when} wurde eine neue Einladung an Ihre neue Adresse gesendet; dieser ältere Link gilt nicht mehr.`,
      todo: "Öffnen Sie die Mail an Ihrer neuen Adresse und nutzen Sie deren Link.",
    },
    notFound: {
      title: "Dieser Link funktioniert nicht",
      what: "Er ist unvollständig oder wurde unterwegs verändert.",
      todo: "Öffnen Sie ihn noch einmal direkt aus der Mail. Ist er auf zwei Zeilen verteilt, kopieren Sie beide.",
    },
    noTime: "vor einiger Zeit",
    renew: "Neue Einladung senden",
    resend: "Noch einmal senden",
    signIn: "Zur Anmeldung",
    retry: "Erneut versuchen",
    renewedTitle: "Sehen Sie in Ihr Postfach",
    renewed:
      "Wenn sich diese Einladung erneuern lässt, ist eine neue an die hinterlegte Adresse unterwegs. Das kann einige Minuten dauern.",
  },
  reset: {
    title: "Neues Passwort wählen",
    body: "Beim Speichern werden Sie überall abgemeldet und melden sich dann mit dem neuen Passwort an.",
    save: "Passwort speichern",
    doneTitle: "Ihr Passwort ist geändert",
    done: "Sie wurden überall abgemeldet. Melden Sie sich mit Ihrem neuen Passwort an.",
    ask: "Neuen Link anfordern",
    askTitle: "Neuen Link erhalten",
    askBody: "Geben Sie die Adresse ein, mit der Sie sich anmelden.",
    email: "E-Mail",
    emailMissing: "Geben Sie Ihre E-Mail-Adresse ein.",
    send: "Link senden",
    asked:
      "Wenn es ein Konto mit dieser Adresse gibt, ist ein Link für ein neues Passwort unterwegs. Das kann einige Minuten dauern; er gilt 24 Stunden.",
    dead: {
      expired: {
        title: "Dieser Link ist abgelaufen",
        what: (when) => (when ? `Er galt bis ${when}.` : "Er galt 24 Stunden."),
        todo: "Fordern Sie einen neuen an.",
      },
      used: {
        title: "Dieser Link wurde verwendet",
        what: (when) =>
          when ? `Mit ihm wurde am ${when} ein neues Passwort gewählt.` : "Mit ihm wurde ein neues Passwort gewählt.",
        todo: "Melden Sie sich mit Ihrem neuen Passwort an.",
      },
      replaced: {
        title: "Dieser Link gilt nicht mehr",
        what: (when) =>
          when
            ? `Seit ${when} gibt es einen neueren Link, oder das Passwort wurde auf anderem Weg geändert.`
            : "Es gibt einen neueren Link, oder das Passwort wurde auf anderem Weg geändert.",
        todo: "Nutzen Sie den Link in der neuesten Mail. Gibt es keine, fordern Sie einen neuen an.",
      },
    },
  },
  change: {
    title: "Neue Adresse bestätigen",
    body: (organization) =>
      `Ab dann melden Sie sich bei ${organization} mit dieser Adresse an. Sie werden überall abgemeldet, und Nachrichten gehen dorthin.`,
    address: "Neue Adresse",
    confirm: "Neue Adresse bestätigen",
    unexpected: "Nicht erwartet? Dann tun Sie nichts: Die Adresse bleibt, wie sie ist.",
    doneTitle: "Ihre Adresse ist geändert",
    done: (email) => `Sie melden sich ab jetzt mit ${email} an. Sie wurden überall abgemeldet.`,
    dead: {
      expired: {
        title: "Dieser Link ist abgelaufen",
        what: (when) =>
          when
            ? `Er galt bis ${when}. Die Adresse bleibt, wie sie war.`
            : "Er wurde nicht rechtzeitig genutzt. Die Adresse bleibt, wie sie war.",
        todo: "Melden Sie sich mit Ihrer alten Adresse an und bitten Sie einen Administrator, sie noch einmal zu ändern.",
      },
      used: {
        title: "Diese Adresse ist bestätigt",
        what: (when) => (when ? `Sie wurde am ${when} bestätigt.` : "Sie wurde schon bestätigt."),
        todo: "Melden Sie sich mit ihr an.",
      },
      replaced: {
        title: "Diese Änderung wurde ersetzt",
        what: (when) =>
          when
            ? `Am ${when} wurde eine andere Adresse eingetragen oder die Änderung zurückgenommen.`
            : "Es wurde eine andere Adresse eingetragen oder die Änderung zurückgenommen.",
        todo: "Nutzen Sie den Link in der neuesten Mail. Gibt es keine, melden Sie sich mit Ihrer alten Adresse an.",
      },
    },
  },
  problem: {
    title: "Das hat nicht geklappt",
    unreachable: "Keine Verbindung zum Server. Prüfen Sie Ihr Netz und versuchen Sie es erneut; nichts ist verloren.",
    server: "Der Server hatte ein Problem. Bitte versuchen Sie es gleich noch einmal.",
    tooMany: "Zu viele Versuche. Warten Sie einige Minuten und versuchen Sie es dann erneut.",
    codes: {
      password_too_short: "Dieses Passwort ist zu kurz.",
      password_too_long: "Dieses Passwort ist zu lang.",
      password_too_common: "Dieses Passwort probieren Angreifer als Erstes. Wählen Sie ein anderes.",
      password_word_blocked:
        "Eines der Wörter in diesem Passwort lässt Ihre Organisation nicht zu. Wählen Sie ein anderes.",
      phone_required: "Geben Sie Ihre Mobilnummer ein.",
      phone_not_valid: "Diese Nummer ist nicht vergeben. Prüfen Sie Ländervorwahl und Ziffern.",
      phone_country_code_missing: "Beginnen Sie mit der Ländervorwahl, zum Beispiel +49.",
      phone_national: "Beginnen Sie mit der Ländervorwahl, zum Beispiel +49.",
      email_taken: "Diese Adresse gehört inzwischen zu einem anderen Konto. Fragen Sie einen Administrator.",
      code_not_valid:
        "Dieser Code stimmt nicht (mehr). Nehmen Sie den, den die App gerade zeigt, und prüfen Sie die Uhr Ihres Telefons.",
    },
  },
  copied: "Kopiert",
};
