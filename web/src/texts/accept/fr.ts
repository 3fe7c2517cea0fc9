import type { AcceptTexts } from "./en";

export const fr: AcceptTexts = {
  language: "Langue",
  loading: "Ouverture de votre lien…",
  stepOf: (step, of) => `Étape ${step} sur ${of}`,
  invite: {
    titleBy: (inviter, organization) => `${inviter} vous invite à rejoindre ${organization}`,
    title: (organization) => `Vous êtes invité à rejoindre ${organization}`,
    body: "Acceptez pour créer votre compte. Cela prend environ deux minutes, et rien n’est enregistré avant la fin.",
    person: "Pour",
    address: "Votre identifiant",
    until: "Valable jusqu’au",
    accept: "Accepter l’invitation",
    unexpected: "Vous ne l’attendiez pas ? Ne faites rien : sans vous, l’invitation expire d’elle-même.",
  },
  password: {
    title: "Choisissez un mot de passe",
    label: "Nouveau mot de passe",
    show: "Afficher",
    hide: "Masquer",
    ruleLength: (n) => `Au moins ${n} caractères`,
    ruleCommon: "Pas un mot de passe courant, ni seulement votre nom ou votre adresse",
    advice: "Trois ou quatre mots sans rapport sont solides et faciles à retenir.",
    met: "respectée",
    strength: "Solidité",
    levels: ["trop court", "faible", "moyen", "bon", "fort"],
    phone: "Numéro de mobile",
    phoneHint: "Avec l’indicatif du pays, par exemple +33 6 12 34 56 78. Il sert aux messages concernant votre compte.",
    continue: "Continuer",
    missing: "Choisissez un mot de passe.",
    phoneMissing: "Saisissez votre numéro de mobile.",
  },
  mfa: {
    title: "Configurez la deuxième étape",
    body: "La connexion demande votre mot de passe et un code d’une application d’authentification. Scannez ceci avec l’application :",
    qr: "Code QR pour votre application d’authentification",
    open: "Ouvrir dans une application d’authentification de cet appareil",
    typed: "Ou saisissez cette clé dans l’application :",
    copyKey: "Copier la clé",
    apps: "Pas encore d’application ? Toute application qui génère des codes à six chiffres convient, par exemple celle de votre téléphone ou de votre gestionnaire de mots de passe.",
    code: "Code de l’application",
    codeHint: "Six chiffres, renouvelés toutes les 30 secondes",
    finish: "Terminer",
    codeMissing: "Saisissez les six chiffres affichés par l’application.",
  },
  recovery: {
    title: "Conservez vos codes de secours",
    body: "Si vous perdez votre téléphone, chacun de ces codes vous ouvre l’accès une fois. Ils ne sont affichés que maintenant.",
    copy: "Copier les codes",
    download: "Télécharger en texte",
    kept: "Je les ai conservés",
    file: (address) => `Codes de secours Rollcall pour ${address}. Chacun sert une fois.`,
  },
  done: {
    title: "Tout est prêt",
    body: (organization) => `Votre compte chez ${organization} est prêt et vous êtes connecté.`,
    go: "Aller à Rollcall",
  },
  dead: {
    expired: {
      title: "Cette invitation a expiré",
      what: (when) => `Elle était valable jusqu’au ${when}.`,
      todo: "Demandez-en une nouvelle. Elle sera envoyée à la même adresse que celle-ci.",
    },
    replaced: {
      title: "Il existe une invitation plus récente",
      what: (when) => `Une invitation plus récente a été envoyée le ${when} ; cet ancien lien ne fonctionne plus.`,
      todo: "Ouvrez le message le plus récent et utilisez son lien. Regardez aussi dans les indésirables.",
    },
    used: {
      title: "Cette invitation a été utilisée",
      what: (when) => `Le compte a été créé le ${when}.`,
      todo: "Connectez-vous avec votre adresse et votre mot de passe.",
    },
    revoked: {
      title: "Cette invitation a été retirée",
      what: (when) => `Un administrateur l’a retirée le ${when}.`,
      todo: "Si vous pensez à une erreur, demandez à la personne qui vous a invité.",
    },
    address_changed: {
      title: "Votre adresse a été modifiée",
      what: (when) =>
        `Le ${when}, une nouvelle invitation a été envoyée à votre nouvelle adresse ; cet ancien lien ne fonctionne plus.`,
      todo: "Ouvrez le message à votre nouvelle adresse et utilisez son lien.",
    },
    notFound: {
      title: "Ce lien ne fonctionne pas",
      what: "Il est incomplet ou a été modifié en chemin.",
      todo: "Ouvrez-le à nouveau directement depuis le message. S’il est coupé sur deux lignes, copiez-le en entier.",
    },
    noTime: "il y a quelque temps",
    renew: "Envoyer une nouvelle invitation",
    resend: "L’envoyer à nouveau",
    signIn: "Aller à la connexion",
    retry: "Réessayer",
    renewedTitle: "Consultez votre messagerie",
    renewed:
      "Si cette invitation peut être renouvelée, une nouvelle est en route vers l’adresse enregistrée. Cela peut prendre quelques minutes.",
  },
  reset: {
    title: "Choisissez un nouveau mot de passe",
    body: "À l’enregistrement, vous êtes déconnecté partout, puis vous vous connectez avec le nouveau mot de passe.",
    save: "Enregistrer le mot de passe",
    doneTitle: "Votre mot de passe est changé",
    done: "Vous avez été déconnecté partout. Connectez-vous avec votre nouveau mot de passe.",
    ask: "Demander un nouveau lien",
    askTitle: "Recevoir un nouveau lien",
    askBody: "Saisissez l’adresse avec laquelle vous vous connectez.",
    email: "Adresse e-mail",
    emailMissing: "Saisissez votre adresse e-mail.",
    send: "Envoyer le lien",
    asked:
      "S’il existe un compte avec cette adresse, un lien pour choisir un nouveau mot de passe est en route. Cela peut prendre quelques minutes ; il est valable 24 heures.",
    dead: {
      expired: {
        title: "Ce lien a expiré",
        what: (when) => (when ? `Il était valable jusqu’au ${when}.` : "Il était valable 24 heures."),
        todo: "Demandez-en un nouveau.",
      },
      used: {
        title: "Ce lien a été utilisé",
        what: (when) =>
          when
            ? `Un nouveau mot de passe a été choisi avec lui le ${when}.`
            : "Un nouveau mot de passe a été choisi avec lui.",
        todo: "Connectez-vous avec votre nouveau mot de passe.",
      },
      replaced: {
        title: "Ce lien ne fonctionne plus",
        what: (when) =>
          when
            ? `Depuis le ${when}, il existe un lien plus récent, ou le mot de passe a été changé autrement.`
            : "Il existe un lien plus récent, ou le mot de passe a été changé autrement.",
        todo: "Utilisez le lien du message le plus récent. S’il n’y en a pas, demandez-en un nouveau.",
      },
    },
  },
  change: {
    title: "Confirmez votre nouvelle adresse",
    body: (organization) =>
      `Vous vous connecterez désormais à ${organization} avec cette adresse. Vous êtes déconnecté partout, et les messages y sont envoyés.`,
    address: "Nouvelle adresse",
    confirm: "Confirmer la nouvelle adresse",
    unexpected: "Vous ne vous y attendiez pas ? Alors ne faites rien : l’adresse reste la même.",
    doneTitle: "Votre adresse est changée",
    done: (email) => `Vous vous connectez désormais avec ${email}. Vous avez été déconnecté partout.`,
    dead: {
      expired: {
        title: "Ce lien a expiré",
        what: (when) =>
          when
            ? `Il était valable jusqu’au ${when}. L’adresse reste la même.`
            : "Il n’a pas été utilisé à temps. L’adresse reste la même.",
        todo: "Connectez-vous avec votre ancienne adresse et demandez à un administrateur de la changer de nouveau.",
      },
      used: {
        title: "Cette adresse est confirmée",
        what: (when) => (when ? `Elle a été confirmée le ${when}.` : "Elle a déjà été confirmée."),
        todo: "Connectez-vous avec elle.",
      },
      replaced: {
        title: "Ce changement a été remplacé",
        what: (when) =>
          when
            ? `Le ${when}, une autre adresse a été saisie ou le changement a été annulé.`
            : "Une autre adresse a été saisie ou le changement a été annulé.",
        todo: "Utilisez le lien du message le plus récent. S’il n’y en a pas, connectez-vous avec votre ancienne adresse.",
      },
    },
  },
  problem: {
    title: "Cela n’a pas fonctionné",
    unreachable: "Pas de connexion au serveur. Vérifiez votre réseau et réessayez ; rien n’est perdu.",
    server: "Le serveur a rencontré un problème. Réessayez dans un instant.",
    tooMany: "Trop de tentatives. Attendez quelques minutes, puis réessayez.",
    codes: {
      password_too_short: "Ce mot de passe est trop court.",
      password_too_long: "Ce mot de passe est trop long.",
      password_too_common:
        "Ce mot de passe est parmi les premiers que les attaquants essaient. Choisissez-en un autre.",
      password_word_blocked:
        "Votre organisation n’autorise pas l’un des mots de ce mot de passe. Choisissez-en un autre.",
      phone_required: "Saisissez votre numéro de mobile.",
      phone_not_valid: "Ce numéro n’existe pas. Vérifiez l’indicatif et les chiffres.",
      phone_country_code_missing: "Commencez par l’indicatif du pays, par exemple +33.",
      phone_national: "Commencez par l’indicatif du pays, par exemple +33.",
      email_taken: "Cette adresse appartient désormais à un autre compte. Adressez-vous à un administrateur.",
      code_not_valid:
        "Ce code n’est pas (ou plus) valable. Prenez celui que l’application affiche maintenant et vérifiez l’heure de votre téléphone.",
    },
  },
  copied: "Copié",
};
