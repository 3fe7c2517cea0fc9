//! What people call a column, in several languages. Compared without case, accents and punctuation.

use unicode_normalization::UnicodeNormalization as _;

use crate::{field::Field, identity::fold};

/// A title's meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Title {
    /// One field.
    Field(Field),
    /// `Name`: a first name beside a last name's column, otherwise a whole name.
    Name,
}

/// Titles by field, in the form that [`plain`] gives.
const TITLES: &[(Field, &[&str])] = &[
    (Field::FirstName, &[
        "firstname", "first", "fname", "givenname", "given", "givennames", "forename", "christianname", "vorname",
        "rufname", "prenom", "nombre", "nombredepila", "primernombre", "prenome", "primeironome", "voornaam", "imie",
        "fornamn", "fornavn", "etunimi", "kresnijmeno", "krestnijmeno", "jmeno", "keresztnev", "prenumele", "ad", "adi", "名",
        "名前", "имя", "ονομα", "이름", "名字",
    ]),
    (Field::LastName, &[
        "lastname", "last", "lname", "surname", "familyname", "family", "secondname", "nachname", "familienname", "zuname",
        "nom", "nomdefamille", "apellido", "apellidos", "cognome", "sobrenome", "apelido", "ultimonome", "achternaam",
        "familienaam", "nazwisko", "efternamn", "etternavn", "efternavn", "sukunimi", "prijmeni", "vezeteknev",
        "numedefamilie", "soyad", "soyadi", "姓", "苗字", "名字姓", "фамилия", "επωνυμο", "성", "姓氏",
    ]),
    (Field::Email, &[
        "email", "emailaddress", "mail", "mailaddress", "eaddress", "primaryemail", "workemail", "businessemail", "emailid",
        "emails", "mailadresse", "emailadresse", "epost", "epostadresse", "epostadress", "courriel", "adressemail",
        "adresseemail", "adressecourriel", "adresseelectronique", "correo", "correoelectronico", "direcciondecorreo",
        "postaelettronica", "indirizzoemail", "indirizzodipostaelettronica", "correioeletronico", "enderecodeemail",
        "emailadres", "mailadres", "adresemail", "adresaemail", "sahkoposti", "emailcim", "eposta", "メール",
        "メールアドレス", "電子メール", "почта", "электроннаяпочта", "이메일", "邮箱", "电子邮件", "电子邮箱",
    ]),
    (Field::Phone, &[
        "phone", "phonenumber", "phoneno", "telephone", "telephonenumber", "tel", "telno", "mobile", "mobilephone",
        "mobilenumber", "cell", "cellphone", "businessphone", "workphone", "officephone", "homephone", "telefon",
        "telefonnummer", "handy", "handynummer", "mobil", "mobiltelefon", "mobilnummer", "rufnummer", "portable",
        "numerodetelephone", "telephoneportable", "telefono", "telefonomovil", "movil", "numerodetelefono", "celular",
        "cellulare", "numeroditelefono", "telefone", "telemovel", "numerodetelefone", "telefoon", "telefoonnummer",
        "mobieltelefoonnummer", "numertelefonu", "komorka", "puhelin", "puhelinnumero", "telefonszam", "電話", "電話番号",
        "携帯電話", "телефон", "номертелефона", "전화", "전화번호", "电话", "手机",
    ]),
    (Field::Username, &[
        "username", "userid", "login", "loginname", "account", "accountname", "signin", "signinname", "userprincipalname",
        "upn", "benutzername", "benutzer", "anmeldename", "nomdutilisateur", "identifiant", "nombredeusuario", "usuario",
        "nomeutente", "nomedeusuario", "nomedeutilizador", "gebruikersnaam", "nazwauzytkownika", "anvandarnamn",
        "brukernavn", "brugernavn", "kayttajatunnus", "ユーザー名", "ユーザ名", "имяпользователя", "用户名",
    ]),
    (Field::Role, &[
        "role", "roles", "userrole", "rolename", "permission", "permissions", "permissionset", "rolle", "rollen",
        "benutzerrolle", "berechtigung", "roleutilisateur", "rol", "ruolo", "ruoli", "funcao", "papel", "rola", "roll",
        "rooli", "szerepkor", "役割", "ロール", "роль", "角色",
    ]),
    (Field::Groups, &[
        "groups", "group", "accessgroup", "accessgroups", "team", "teams", "gruppe", "gruppen", "groupe", "groupes", "grupo",
        "grupos", "gruppo", "gruppi", "groep", "groepen", "grupa", "grupy", "grupp", "grupper", "グループ", "группа", "组",
    ]),
    (Field::Language, &[
        "language", "lang", "locale", "preferredlanguage", "sprache", "langue", "idioma", "lingua", "taal", "jezyk", "sprak",
        "kieli", "言語", "язык", "语言",
    ]),
    (Field::Properties, &["properties", "property", "userproperties", "attributes", "customproperties", "eigenschaften", "proprietes", "propiedades"]),
    (Field::Organizations, &[
        "organizations", "organization", "organisations", "organisation", "customers", "customer", "organisationen", "kunde",
        "kunden", "clients", "client", "organizaciones", "organizacion", "organizzazioni", "organizzazione",
    ]),
    (Field::Site, &["site", "location", "office", "standort", "emplacement", "sede", "sitio", "local", "locatie", "lokalizacja"]),
    (Field::UserType, &["usertype", "type", "accounttype", "benutzertyp", "typ", "typedutilisateur", "tipodeusuario", "tipo", "tipoutente"]),
    (Field::Domain, &["domain", "domaene", "domane", "domaine", "dominio"]),
    (Field::Courses, &["courses", "course", "kurse", "kurs", "cours", "cursos", "corsi"]),
    (Field::Password, &["password", "passwort", "kennwort", "motdepasse", "contrasena", "senha", "wachtwoord", "haslo"]),
];

/// Titles that mean a whole name, or the first name beside a last name's column.
const NAMES: &[&str] = &["name", "fullname", "displayname", "contact", "contactname", "person", "naam", "nome", "nimi", "namn", "navn", "氏名"];

/// A title without case, accents, punctuation and blanks.
fn plain(title: &str) -> String {
    fold(title).nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).filter(|c| c.is_alphanumeric()).nfc().collect()
}

/// What a title means, if it is known.
pub(crate) fn meaning(title: &str) -> Option<Title> {
    if title.chars().count() > 60 {
        return None;
    }
    // "Email (required)", "Phone [optional]", "User name*"
    let head = title.split(['(', '[', '*', ':', '\n']).next().unwrap_or(title);
    let plain = plain(head);
    if plain.is_empty() {
        return None;
    }
    if NAMES.contains(&plain.as_str()) {
        return Some(Title::Name);
    }
    TITLES
        .iter()
        .find(|(_, titles)| titles.contains(&plain.as_str()))
        .map(|(field, _)| Title::Field(*field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_in_several_languages() {
        for (title, field) in [
            ("E-Mail", Field::Email),
            ("e-mail address", Field::Email),
            ("Vorname", Field::FirstName),
            ("NACHNAME", Field::LastName),
            ("Prénom", Field::FirstName),
            ("Business Phone", Field::Phone),
            ("Correo electrónico", Field::Email),
            ("メールアドレス", Field::Email),
            ("User name*", Field::Username),
            ("Phone (optional)", Field::Phone),
            ("Téléphone", Field::Phone),
        ] {
            assert_eq!(meaning(title), Some(Title::Field(field)), "{title}");
        }
        assert_eq!(meaning("Name"), Some(Title::Name));
        for title in ["", "Ana", "ana@example.org", "—"] {
            assert_eq!(meaning(title), None, "{title}");
        }
    }
}
