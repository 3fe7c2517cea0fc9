//! What people call a column, in many languages. Compared without case, accents, punctuation and blanks.

use unicode_normalization::UnicodeNormalization as _;

use crate::{Field, Profile, identity::fold, text};

/// What a title means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Title {
    /// A field. The lower the rank, the better a title it is: a mobile number goes before a home number.
    Field(Field, u8),
    /// A name: the one that no other column is; beside a last name it is the first name.
    Name,
}

/// Titles by field, as [`plain`] makes them; a field may come several times, the better titles first.
const TITLES: &[(Field, u8, &[&str])] = &[
    (Field::FirstName, 0, &[
        "firstname", "first", "fname", "givenname", "given", "givennames", "forename", "forenames", "christianname",
        "vorname", "vornamen", "rufname", "prenom", "prenoms", "nombre", "nombres", "nombredepila", "primernombre",
        "prenome", "primeironome", "nomeproprio", "voornaam", "voornamen", "roepnaam", "imie", "fornamn", "fornavn",
        "etunimi", "jmeno", "krestnijmeno", "krstnemeno", "keresztnev", "utonev", "prenumele", "prenume", "ad", "adi",
        "isim", "ime", "eesnimi", "vards", "vardas", "nafn", "名", "名前", "имя", "імя", "ονομα", "이름", "名字",
        "nomdepila", "ten", "namadepan", "שםפרטי", "الاسمالاول",
    ]),
    (Field::LastName, 0, &[
        "lastname", "last", "lname", "surname", "surnames", "familyname", "family", "secondname", "nachname",
        "familienname", "zuname", "nomdefamille", "apellido", "apellidos", "primerapellido", "cognome", "sobrenome",
        "apelido", "apelidos", "ultimonome", "achternaam", "familienaam", "nazwisko", "efternamn", "etternavn",
        "efternavn", "sukunimi", "prijmeni", "priezvisko", "vezeteknev", "csaladnev", "numedefamilie", "soyad", "soyadi",
        "prezime", "priimek", "perekonnanimi", "uzvards", "pavarde", "姓", "苗字", "名字姓", "фамилия", "прізвище", "επωνυμο",
        "επιθετο", "성", "姓氏", "ho", "namabelakang", "שםמשפחה", "اسمالعائلة",
    ]),
    (Field::Email, 0, &[
        "email", "emails", "emailaddress", "emailaddresses", "mail", "mailaddress", "eaddress", "primaryemail",
        "primaryemailaddress", "emailid", "mailadresse", "emailadresse", "epost", "epostadresse", "epostadress", "courriel",
        "adressemail", "adresseemail", "adressecourriel", "adresseelectronique", "mel", "correo", "correoelectronico",
        "direcciondecorreo", "direcciondecorreoelectronico", "correu", "correuelectronic", "postaelettronica",
        "indirizzoemail", "indirizzodipostaelettronica", "indirizzomail", "correioeletronico", "enderecodeemail",
        "emailadres", "mailadres", "adresemail", "adresaemail", "adrese", "sahkoposti", "sahkopostiosoite", "emailcim",
        "eposta", "epostaadresi", "epastas", "elpastas", "netfang", "メール", "メールアドレス", "電子メール", "почта",
        "электроннаяпочта", "електроннапошта", "имейл", "이메일", "邮箱", "电子邮件", "电子邮箱", "電子郵件", "דואל", "البريدالالكتروني",
    ]),
    (Field::Email, 1, &["workemail", "workemailaddress", "businessemail", "companyemail", "emailwork", "email1", "dienstlicheemail"]),
    (Field::Email, 2, &["privateemail", "personalemail", "homeemail", "emailhome", "email2", "userprincipalname", "upn"]),
    (Field::Phone, 0, &[
        "phone", "phonenumber", "phoneno", "phones", "telephone", "telephonenumber", "tel", "telno", "telnr", "mobile",
        "mobilephone", "mobilephonenumber", "mobilenumber", "mobileno", "cell", "cellphone", "cellphonenumber", "msisdn",
        "telefon", "telefonnummer", "telefonnr", "handy", "handynummer", "handynr", "mobil", "mobiltelefon",
        "mobilnummer", "mobilnr", "rufnummer", "portable", "mobiletel", "numerodetelephone", "telephoneportable",
        "telephonemobile", "telefono", "telefonomovil", "movil", "numerodetelefono", "celular", "cellulare",
        "numeroditelefono", "telefonocellulare", "telefone", "telemovel", "numerodetelefone", "telefoon",
        "telefoonnummer", "mobielnummer", "mobiel", "gsm", "numertelefonu", "nrtelefonu", "komorka", "puhelin",
        "puhelinnumero", "matkapuhelin", "telefonszam", "telefonicislo", "telefonnicislo", "ceptelefonu", "電話",
        "電話番号", "携帯", "携帯電話", "телефон", "номертелефона", "мобильный", "τηλεφωνο", "전화", "전화번호", "휴대폰", "电话",
        "手机", "手机号", "電話號碼", "טלפון", "هاتف",
    ]),
    (Field::Phone, 1, &[
        "businessphone", "businessphonenumber", "workphone", "workphonenumber", "officephone", "phonework",
        "companyphone", "telefongeschaftlich", "telefondienstlich", "diensttelefon", "telephoneprofessionnel",
        "telephonebureau", "telefonotrabajo", "telefonodeltrabajo", "telefonoufficio", "telefoonwerk", "phone1",
        "telefonsluzbowy", "勤務先電話番号",
    ]),
    (Field::Phone, 2, &[
        "homephone", "homephonenumber", "privatephone", "phonehome", "telefonprivat", "telephonedomicile",
        "telefonocasa", "otherphone", "phone2",
    ]),
    (Field::Username, 0, &[
        "username", "usernames", "userid", "login", "loginname", "logonname", "account", "accountname", "signinname",
        "samaccountname", "benutzername", "benutzer", "benutzerkennung", "anmeldename", "nomdutilisateur", "identifiant",
        "nombredeusuario", "usuario", "nomeutente", "utente", "nomedeusuario", "nomedeutilizador", "gebruikersnaam",
        "nazwauzytkownika", "anvandarnamn", "brukernavn", "brugernavn", "kayttajatunnus", "uzivatelskejmeno",
        "felhasznalonev", "kullaniciadi", "ユーザー名", "ユーザ名", "имяпользователя", "логин", "사용자이름", "用户名",
    ]),
    (Field::Role, 0, &[
        "role", "roles", "userrole", "userroles", "rolename", "permission", "permissions", "permissionset", "rolle",
        "rollen", "benutzerrolle", "berechtigung", "berechtigungen", "roleutilisateur", "rol", "ruolo", "ruoli",
        "funcao", "papel", "perfil", "rola", "rolauzytkownika", "roll", "roller", "rooli", "szerepkor", "役割", "ロール", "роль",
        "역할", "角色",
    ]),
    (Field::Groups, 0, &[
        "groups", "group", "accessgroup", "accessgroups", "usergroup", "usergroups", "team", "teams", "gruppe",
        "gruppen", "benutzergruppe", "groupe", "groupes", "grupo", "grupos", "gruppo", "gruppi", "groep", "groepen",
        "grupa", "grupy", "grupp", "grupper", "ryhma", "グループ", "группа", "группы", "그룹", "组",
    ]),
    (Field::Language, 0, &[
        "language", "lang", "locale", "preferredlanguage", "sprache", "bevorzugtesprache", "langue", "idioma", "lingua",
        "taal", "jezyk", "sprak", "sprog", "kieli", "言語", "язык", "언어", "语言",
    ]),
    (Field::Properties, 0, &[
        "properties", "property", "userproperties", "attributes", "customproperties", "eigenschaften", "proprietes",
        "propiedades", "proprieta", "propriedades", "eigenschappen", "wlasciwosci",
    ]),
    (Field::Organizations, 0, &[
        "organizations", "organization", "organisations", "organisation", "customers", "customer", "organisationen",
        "kunde", "kunden", "clients", "client", "organizaciones", "organizacion", "organizzazioni", "organizzazione",
        "organizacoes", "organizacao", "organisaties", "organisatie", "組織", "организация",
    ]),
    (Field::Site, 0, &[
        "site", "sites", "location", "office", "branch", "standort", "niederlassung", "emplacement", "sede", "sitio",
        "ubicacion", "local", "locatie", "vestiging", "lokalizacja", "plats", "拠点",
    ]),
    (Field::UserType, 0, &[
        "usertype", "type", "accounttype", "kind", "benutzertyp", "typ", "typedutilisateur", "tipodeusuario", "tipo",
        "tipoutente", "gebruikerstype",
    ]),
    (Field::Domain, 0, &["domain", "domaene", "domane", "domaine", "dominio", "domein", "domena", "ドメイン"]),
    (Field::Courses, 0, &["courses", "course", "kurse", "kurs", "cours", "cursos", "curso", "corsi", "cursussen", "kursy"]),
    (Field::Password, 0, &[
        "password", "initialpassword", "passwort", "kennwort", "motdepasse", "contrasena", "senha", "wachtwoord", "haslo",
        "losenord", "パスワード",
    ]),
];

/// Titles of a name of which only the other columns say which it is.
const NAMES: &[&str] = &[
    "name", "names", "fullname", "displayname", "contact", "contactname", "person", "user", "naam", "nom", "nome", "nimi",
    "namn", "navn", "nev", "nume", "nazwa", "氏名", "お名前", "фио", "姓名", "volledigenaam", "nombrecompleto", "nomecompleto",
    "nomcomplet", "vollstandigername", "imieinazwisko", "성명",
];

/// A title without case, accents, punctuation and blanks, and without what is put in parentheses or after a `*`.
fn plain(title: &str) -> String {
    let folded = fold(title);
    let head = match folded.find(['(', '[', '*', ':', '\n', '\r']) {
        Some(at) if at > 0 => &folded[..at],
        _ => folded.as_str(),
    };
    // Accents of Latin and Greek letters go; those of other scripts make other letters.
    let mut accents_go = false;
    head.nfkd()
        .filter(|c| {
            let is_accent = ('\u{300}'..='\u{36f}').contains(c);
            if !text::is_mark(*c) {
                accents_go = *c < '\u{400}';
            }
            text::is_letter(*c) || text::is_digit(*c) || text::is_mark(*c) && !(is_accent && accents_go)
        })
        .nfc()
        .collect()
}

/// What a title means in a profile: its columns' own titles first, then those that everybody knows.
pub(crate) fn meaning(profile: &Profile, title: &str) -> Option<Title> {
    // A title is short, whatever stands in it.
    if title.len() > 200 {
        return None;
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
    // What the profile itself calls the column, whatever that is.
    let called = profile.columns().iter().find(|column| self::plain(&column.title) == plain);
    called.map(|column| Title::Field(column.field, 0))
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
            ("電話番号", Field::Phone),
            ("Фамилия", Field::LastName),
            ("Phone (optional)", Field::Phone),
            ("Email*", Field::Email),
            ("User name*", Field::Username),
            ("Tél.", Field::Phone),
        ] {
            assert!(matches!(meaning(&profile, title), Some(Title::Field(found, 0)) if found == field), "{title}");
        }
        assert_eq!(meaning(&profile, "Business Phone"), Some(Title::Field(Field::Phone, 1)));
        assert_eq!(meaning(&profile, "Name"), Some(Title::Name));
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
        for title in NAMES {
            assert_eq!(plain(title), *title);
        }
        for (at, (field, _, titles)) in TITLES.iter().enumerate() {
            for title in *titles {
                let other = TITLES[at + 1..].iter().find(|(other, _, titles)| other != field && titles.contains(title));
                assert_eq!(other.map(|(other, ..)| other), None, "{title} means two things");
            }
        }
    }
}
