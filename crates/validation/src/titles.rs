//! What people call a column, in many languages. Compared without case, accents, punctuation and blanks.

use crate::{
    Field, Profile,
    identity::fold,
    refused, text,
    unicode::{nfc, nfkd},
};

/// What a title means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Title {
    /// A field. The lower the rank, the better a title it is: a mobile number goes before a home number.
    Field(Field, u8),
    /// A name: the one that no other column is; beside a last name it is the first name.
    Name,
    /// First and last name together.
    FullName,
    /// Something else that is known not to matter.
    Other,
    /// What our own files say of a row: its number, and what is wrong with it.
    OfRow,
}

/// Titles by field, as [`plain`] makes them; a field may come several times, the better titles first.
const TITLES: &[(Field, u8, &[&str])] = &[
    (
        Field::FirstName,
        0,
        &[
            "firstname",
            "legalfirstname",
            "legalnamefirstname",
            "contactfirstname",
            "first",
            "fname",
            "givenname",
            "given",
            "givennames",
            "forename",
            "forenames",
            "christianname",
            "vorname",
            "vornamen",
            "rufname",
            "prenom",
            "prenoms",
            "nombre",
            "nombres",
            "nombredepila",
            "primernombre",
            "prenome",
            "primeironome",
            "nomeproprio",
            "voornaam",
            "voornamen",
            "roepnaam",
            "imie",
            "fornamn",
            "fornavn",
            "etunimi",
            "jmeno",
            "krestnijmeno",
            "krstnemeno",
            "keresztnev",
            "utonev",
            "prenumele",
            "prenume",
            "ad",
            "adi",
            "isim",
            "ime",
            "eesnimi",
            "vards",
            "vardas",
            "nafn",
            "名",
            "名前",
            "имя",
            "імя",
            "ονομα",
            "이름",
            "名字",
            "nomdepila",
            "ten",
            "namadepan",
            "שםפרטי",
            "الاسمالاول",
        ],
    ),
    (
        Field::LastName,
        0,
        &[
            "lastname",
            "sn",
            "legallastname",
            "legalnamelastname",
            "contactlastname",
            "nomdusage",
            "last",
            "lname",
            "surname",
            "surnames",
            "familyname",
            "family",
            "secondname",
            "nachname",
            "familienname",
            "zuname",
            "nomdefamille",
            "apellido",
            "apellidos",
            "primerapellido",
            "cognome",
            "sobrenome",
            "apelido",
            "apelidos",
            "ultimonome",
            "achternaam",
            "familienaam",
            "nazwisko",
            "efternamn",
            "etternavn",
            "efternavn",
            "sukunimi",
            "prijmeni",
            "priezvisko",
            "vezeteknev",
            "csaladnev",
            "numedefamilie",
            "soyad",
            "soyadi",
            "prezime",
            "priimek",
            "perekonnanimi",
            "uzvards",
            "pavarde",
            "姓",
            "苗字",
            "名字姓",
            "фамилия",
            "прізвище",
            "επωνυμο",
            "επιθετο",
            "성",
            "姓氏",
            "ho",
            "namabelakang",
            "שםמשפחה",
            "اسمالعائلة",
        ],
    ),
    (
        Field::Email,
        0,
        &[
            "email",
            "emails",
            "email1value",
            "emailprimarywork",
            "primaryworkemail",
            "primarysmtpaddress",
            "adressedemessagerie",
            "adressedecourriel",
            "useremail",
            "useremailaddress",
            "emailaddress",
            "emailaddresses",
            "mail",
            "mailaddress",
            "eaddress",
            "primaryemail",
            "primaryemailaddress",
            "emailid",
            "mailadresse",
            "emailadresse",
            "epost",
            "epostadresse",
            "epostadress",
            "courriel",
            "adressemail",
            "adresseemail",
            "adressecourriel",
            "adresseelectronique",
            "mel",
            "correo",
            "correoelectronico",
            "direcciondecorreo",
            "direcciondecorreoelectronico",
            "correu",
            "correuelectronic",
            "postaelettronica",
            "indirizzoemail",
            "indirizzodipostaelettronica",
            "indirizzomail",
            "correioeletronico",
            "enderecodeemail",
            "emailadres",
            "mailadres",
            "adresemail",
            "adresaemail",
            "adrese",
            "sahkoposti",
            "sahkopostiosoite",
            "emailcim",
            "eposta",
            "epostaadresi",
            "epastas",
            "elpastas",
            "netfang",
            "メール",
            "メールアドレス",
            "電子メール",
            "почта",
            "электроннаяпочта",
            "електроннапошта",
            "имейл",
            "이메일",
            "邮箱",
            "电子邮件",
            "电子邮箱",
            "電子郵件",
            "דואל",
            "البريدالالكتروني",
        ],
    ),
    (
        Field::Email,
        1,
        &[
            "workemail",
            "workemailaddress",
            "businessemail",
            "companyemail",
            "emailwork",
            "email1",
            "dienstlicheemail",
            "businessemailaddress",
            "emailprofessionnel",
            "emaildienstlich",
        ],
    ),
    (
        Field::Email,
        2,
        &[
            "privateemail",
            "personalemail",
            "homeemail",
            "emailhome",
            "email2",
            "email2address",
            "email3address",
            "email2value",
            "secondemail",
            "secondaryemail",
            "userprincipalname",
            "upn",
            "emailprivat",
            "contactemail",
        ],
    ),
    (
        Field::Phone,
        0,
        &[
            "phonemobile",
            "workmobile",
            "businessmobile",
            "telmobile",
            "telportable",
            "mobildienstlich",
            "handydienstlich",
            "mobile",
            "mobilephone",
            "mobilephonenumber",
            "mobilenumber",
            "mobileno",
            "cell",
            "cellphone",
            "cellphonenumber",
            "msisdn",
            "handy",
            "handynummer",
            "handynr",
            "mobil",
            "mobiltelefon",
            "mobilnummer",
            "mobilnr",
            "portable",
            "mobiletel",
            "telephoneportable",
            "telephonemobile",
            "telefonomovil",
            "movil",
            "celular",
            "cellulare",
            "telefonocellulare",
            "telemovel",
            "gsm",
            "komorka",
            "matkapuhelin",
            "ceptelefonu",
            "携帯",
            "携帯電話",
            "мобильный",
            "휴대폰",
            "手机",
            "手机号",
        ],
    ),
    (
        Field::Phone,
        1,
        &[
            "phone",
            "phonenumber",
            "phone1value",
            "phoneno",
            "phones",
            "telephone",
            "telephonenumber",
            "tel",
            "telno",
            "telnr",
            "telefon",
            "telefonnummer",
            "telefonnr",
            "rufnummer",
            "numerodetelephone",
            "telefono",
            "numerodetelefono",
            "numeroditelefono",
            "telefone",
            "numerodetelefone",
            "telefoon",
            "telefoonnummer",
            "mobielnummer",
            "mobiel",
            "numertelefonu",
            "nrtelefonu",
            "puhelin",
            "puhelinnumero",
            "telefonszam",
            "telefonicislo",
            "telefonnicislo",
            "電話",
            "電話番号",
            "телефон",
            "номертелефона",
            "τηλεφωνο",
            "전화",
            "전화번호",
            "电话",
            "電話號碼",
            "טלפון",
            "هاتف",
        ],
    ),
    (
        Field::Phone,
        2,
        &[
            "businessphone",
            "primaryphone",
            "primaryworkphone",
            "phoneprimarywork",
            "personalmobile",
            "telprofessionnel",
            "businesstelephone",
            "worktelephone",
            "officetelephone",
            "businessphonenumber",
            "workphone",
            "workphonenumber",
            "officephone",
            "phonework",
            "companyphone",
            "telefongeschaftlich",
            "telefondienstlich",
            "diensttelefon",
            "telephoneprofessionnel",
            "telephonebureau",
            "telefonotrabajo",
            "telefonodeltrabajo",
            "telefonoufficio",
            "telefoonwerk",
            "phone1",
            "telefonsluzbowy",
            "勤務先電話番号",
        ],
    ),
    (
        Field::Phone,
        3,
        &[
            "homephone",
            "homephonenumber",
            "privatephone",
            "phonehome",
            "telefonprivat",
            "telephonedomicile",
            "telefonocasa",
            "otherphone",
            "recoveryphone",
            "businessphone2",
            "homephone2",
            "phone2value",
            "telefonprivat2",
            "phone2",
        ],
    ),
    (
        Field::Username,
        0,
        &[
            "username",
            "usernames",
            "login",
            "loginname",
            "userlogin",
            "userlogonname",
            "logonname",
            "account",
            "accountname",
            "signinname",
            "samaccountname",
            "benutzername",
            "benutzer",
            "benutzerkennung",
            "anmeldename",
            "nomdutilisateur",
            "identifiant",
            "nombredeusuario",
            "usuario",
            "nomeutente",
            "utente",
            "nomedeusuario",
            "nomedeutilizador",
            "gebruikersnaam",
            "nazwauzytkownika",
            "anvandarnamn",
            "brukernavn",
            "brugernavn",
            "kayttajatunnus",
            "uzivatelskejmeno",
            "felhasznalonev",
            "kullaniciadi",
            "ユーザー名",
            "ユーザ名",
            "имяпользователя",
            "логин",
            "사용자이름",
            "用户名",
        ],
    ),
    (Field::Username, 1, &["userid", "loginid", "logonid", "uid", "benutzerid"]),
    (
        Field::Role,
        0,
        &[
            "role",
            "roles",
            "userrole",
            "userroles",
            "rolename",
            "permission",
            "permissions",
            "permissionset",
            "rolle",
            "rollen",
            "benutzerrolle",
            "berechtigung",
            "berechtigungen",
            "roleutilisateur",
            "rol",
            "ruolo",
            "ruoli",
            "funcao",
            "papel",
            "perfil",
            "rola",
            "rolauzytkownika",
            "roll",
            "roller",
            "rooli",
            "szerepkor",
            "役割",
            "ロール",
            "роль",
            "역할",
            "角色",
        ],
    ),
    (
        Field::Groups,
        0,
        &[
            "groups",
            "group",
            "accessgroup",
            "accessgroups",
            "usergroup",
            "usergroups",
            "groupnames",
            "groupmembership",
            "groupmemberships",
            "memberof",
            "team",
            "teams",
            "gruppe",
            "gruppen",
            "benutzergruppe",
            "groupe",
            "groupes",
            "grupo",
            "grupos",
            "gruppo",
            "gruppi",
            "groep",
            "groepen",
            "grupa",
            "grupy",
            "grupp",
            "grupper",
            "ryhma",
            "グループ",
            "группа",
            "группы",
            "그룹",
            "组",
        ],
    ),
    (
        Field::Language,
        0,
        &[
            "language",
            "lang",
            "locale",
            "korrespondenzsprache",
            "preferredlanguage",
            "sprache",
            "bevorzugtesprache",
            "langue",
            "idioma",
            "lingua",
            "taal",
            "jezyk",
            "sprak",
            "sprog",
            "kieli",
            "言語",
            "язык",
            "언어",
            "语言",
        ],
    ),
    (
        Field::Properties,
        0,
        &[
            "properties",
            "property",
            "userproperties",
            "attributes",
            "customproperties",
            "eigenschaften",
            "proprietes",
            "propiedades",
            "proprieta",
            "propriedades",
            "eigenschappen",
            "wlasciwosci",
        ],
    ),
    (
        Field::Organizations,
        0,
        &[
            "organizations",
            "organization",
            "organisations",
            "organisation",
            "customers",
            "customer",
            "organisationen",
            "kunde",
            "kunden",
            "clients",
            "client",
            "organizaciones",
            "organizacion",
            "organizzazioni",
            "organizzazione",
            "organizacoes",
            "organizacao",
            "organisaties",
            "organisatie",
            "組織",
            "организация",
        ],
    ),
    (
        Field::Site,
        0,
        &[
            "site",
            "sites",
            "location",
            "office",
            "officelocation",
            "worklocation",
            "branch",
            "standort",
            "niederlassung",
            "emplacement",
            "sede",
            "sitio",
            "ubicacion",
            "local",
            "locatie",
            "vestiging",
            "lokalizacja",
            "plats",
            "拠点",
        ],
    ),
    (
        Field::UserType,
        0,
        &[
            "usertype",
            "type",
            "accounttype",
            "kind",
            "benutzertyp",
            "typ",
            "typedutilisateur",
            "tipodeusuario",
            "tipo",
            "tipoutente",
            "gebruikerstype",
        ],
    ),
    (Field::Domain, 0, &["domain", "domaene", "domane", "domaine", "dominio", "domein", "domena", "ドメイン"]),
    (
        Field::Courses,
        0,
        &["courses", "course", "kurse", "kurs", "cours", "cursos", "curso", "corsi", "cursussen", "kursy"],
    ),
    (
        Field::Password,
        0,
        &[
            "password",
            "initialpassword",
            "passwort",
            "kennwort",
            "motdepasse",
            "contrasena",
            "senha",
            "wachtwoord",
            "haslo",
            "losenord",
            "パスワード",
        ],
    ),
];

/// Titles of a name of which only the other columns say which it is.
const NAMES: &[&str] = &[
    "name",
    "names",
    "mitarbeiter",
    "contact",
    "person",
    "user",
    "naam",
    "nom",
    "nome",
    "nimi",
    "namn",
    "navn",
    "nev",
    "nume",
    "nazwa",
];

/// Titles of first and last name together.
#[rustfmt::skip]
const FULL_NAMES: &[&str] = &[
    "fullname", "displayname", "cn", "commonname", "legalname", "contactname", "employeename", "workername",
    "membername", "mitarbeitername", "volledigenaam", "nombrecompleto", "nomecompleto", "nomcomplet",
    "vollstandigername", "imieinazwisko", "氏名", "お名前", "фио", "姓名", "성명",
];

/// How forms ask, as [`plain`] makes it.
const ASKED: [&str; 8] = ["whatisyour", "pleaseenteryour", "enteryour", "your", "wieistihr", "ihre", "ihr", "votre"];

/// Titles of what nobody is reached by and nobody is called, though it may look so: other people's addresses, faxes,
/// numbers that are no phone's.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "id", "objectid", "dn", "distinguishedname", "employeeid", "employeenumber", "personnelnumber", "personalnummer",
    "personalnr", "matricule", "associateid", "fax", "faxnumber", "faxnummer", "telefax", "businessfax", "homefax",
    "otherfax", "workfax", "faxgeschaftlich", "faxprivat", "telecopie", "pager", "telex", "isdn", "callback", "carphone",
    "extension", "ext", "workphoneext", "durchwahl", "manager", "manageremail", "manageremailaddress", "managername",
    "managerphone", "supervisor", "supervisoremail", "vorgesetzter", "vorgesetztemail", "assistant", "assistantsname",
    "assistantsphone", "companymainphone", "emergencycontact", "emergencycontactname", "emergencycontactphone",
    "emergencyphone", "notfallkontakt", "recoveryemail", "alternateemailaddress", "alternateemail", "proxyaddresses",
    "postalcode", "zip", "zipcode", "ziporpostalcode", "plz", "postleitzahl", "codepostal", "birthday", "dateofbirth",
    "geburtstag", "geburtsdatum", "hiredate", "startdate", "timestamp", "einstellungsdatum", "eintrittsdatum", "createddatetime", "whencreated",
    "lastsignin", "costcenter", "kostenstelle", "middlename", "additionalname", "weiterevornamen", "deuxiemeprenom",
];

/// A title without case, accents, punctuation and blanks, and without what is put in parentheses or after a `*`.
fn plain(title: &str) -> String {
    let folded = fold(title);
    let head = match folded.find(['(', '[', '*', '\n', '\r']) {
        Some(at) if at > 0 => &folded[..at],
        _ => folded.as_str(),
    };
    // Accents of Latin and Greek letters go; those of other scripts make other letters.
    let mut accents_go = false;
    let mut stays = |c: &char| {
        let is_accent = ('\u{300}'..='\u{36f}').contains(c);
        if !text::is_mark(*c) {
            accents_go = *c < '\u{400}';
        }
        text::is_letter(*c) || text::is_digit(*c) || text::is_mark(*c) && !(is_accent && accents_go)
    };
    let plain: String = nfkd(head).chars().filter(|c| stays(c)).collect();
    nfc(&plain).into_owned()
}

/// What a title means in a profile: its columns' own titles first, then those that everybody knows.
pub(crate) fn meaning(profile: &Profile, title: &str) -> Option<Title> {
    // A title is short, whatever stands in it.
    if title.len() > 200 {
        return None;
    }
    if let Some(field) = refused::named_field(profile, title) {
        return Some(Title::Field(field, 0));
    }
    if refused::is_ours(title) {
        return Some(Title::OfRow);
    }
    let plain = plain(title);
    if plain.is_empty() {
        return None;
    }
    let own = |column: &&crate::profile::Column| {
        column.titles.iter().any(|own| self::plain(own) == plain) || column.field.as_str().replace('_', "") == plain
    };
    if let Some(column) = profile.columns().iter().find(own) {
        return Some(Title::Field(column.field, 0));
    }
    if let Some((field, rank, _)) = TITLES.iter().find(|(_, _, titles)| titles.contains(&plain.as_str())) {
        return Some(Title::Field(*field, *rank));
    }
    if NAMES.contains(&plain.as_str()) {
        return Some(Title::Name);
    }
    if FULL_NAMES.contains(&plain.as_str()) {
        return Some(Title::FullName);
    }
    // What the profile itself calls the column, whatever that is.
    if let Some(called) = profile.columns().iter().find(|column| self::plain(&column.title) == plain) {
        return Some(Title::Field(called.field, 0));
    }
    if OTHERS.contains(&plain.as_str()) {
        return Some(Title::Other);
    }
    // As forms ask.
    if let Some(asked) = ASKED.iter().find_map(|asked| plain.strip_prefix(asked)) {
        return meaning(profile, asked);
    }
    // `Work contact: work email`.
    title.split_once(':').and_then(|(_, rest)| meaning(profile, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_known_in_many_languages() {
        let profile = Profile::built_in("modern").unwrap();
        for (title, field) in [
            ("E-Mail", Field::Email),
            ("e-mail address", Field::Email),
            ("E_MAIL", Field::Email),
            ("first_name", Field::FirstName),
            ("Vorname", Field::FirstName),
            ("NACHNAME", Field::LastName),
            ("Prénom", Field::FirstName),
            ("Nom de famille", Field::LastName),
            ("Correo electrónico", Field::Email),
            ("Teléfono móvil", Field::Phone),
            ("Cognome", Field::LastName),
            ("Sobrenome", Field::LastName),
            ("Achternaam", Field::LastName),
            ("Imię", Field::FirstName),
            ("Förnamn", Field::FirstName),
            ("Sähköposti", Field::Email),
            ("Příjmení", Field::LastName),
            ("メールアドレス", Field::Email),
            ("ﾒｰﾙｱﾄﾞﾚｽ", Field::Email),
            ("Фамилия", Field::LastName),
            ("Phone (optional)", Field::Phone),
            ("Email*", Field::Email),
            ("User name*", Field::Username),
            ("E-Mail:", Field::Email),
            ("E-mail 1 - Value", Field::Email),
            ("Work contact: E-Mail", Field::Email),
            ("Legal Name - First Name", Field::FirstName),
            ("Last Name [Required]", Field::LastName),
            ("sn", Field::LastName),
        ] {
            assert!(matches!(meaning(&profile, title), Some(Title::Field(found, 0)) if found == field), "{title}");
        }
        assert_eq!(meaning(&profile, "Business Phone"), Some(Title::Field(Field::Phone, 2)));
        assert_eq!(meaning(&profile, "Telefon"), Some(Title::Field(Field::Phone, 1)));
        assert_eq!(meaning(&profile, "What is your first name?"), Some(Title::Field(Field::FirstName, 0)));
        assert_eq!(meaning(&profile, "Display name"), Some(Title::FullName));
        assert_eq!(meaning(&profile, "Name"), Some(Title::Name));
        assert_eq!(meaning(&profile, "Manager Email"), Some(Title::Other));
        assert_eq!(meaning(&profile, "E-Mail: Angezeigter Name"), None);
        for title in ["", "Ana", "ana@example.org", "—", "(…)", "Department"] {
            assert_eq!(meaning(&profile, title), None, "{title}");
        }
    }

    #[test]
    fn titles_in_the_table_are_as_titles_are_compared() {
        for (field, _, titles) in TITLES {
            for title in *titles {
                assert_eq!(plain(title), *title, "{field:?}");
            }
        }
        for title in NAMES.iter().chain(FULL_NAMES).chain(OTHERS) {
            assert_eq!(plain(title), *title);
            let twice = TITLES.iter().find(|(_, _, titles)| titles.contains(title));
            assert_eq!(twice.map(|(field, ..)| field), None, "{title} means two things");
        }
        for (at, (field, _, titles)) in TITLES.iter().enumerate() {
            for title in *titles {
                let other = TITLES[at + 1..].iter().find(|(other, _, titles)| other != field && titles.contains(title));
                assert_eq!(other.map(|(other, ..)| other), None, "{title} means two things");
            }
        }
    }
}
