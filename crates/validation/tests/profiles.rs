//! The built-in profiles of portal users, users of an organization and members are what their sources ask for
//! (requirements.md, "The profiles in one table"), at the edge of every limit.

use rollcall_validation::{
    CheckedRow, CredentialMode, Field, InvitationPolicy, Lists, MfaPolicy, Mode, Named, Profile, Report, Status, Value,
    check, check_field,
};

fn profile(id: &str) -> Profile {
    Profile::built_in(id).unwrap_or_else(|| panic!("{id}"))
}

fn named(names: &[&str]) -> Vec<Named> {
    names.iter().map(|name| Named { id: name.to_lowercase(), name: (*name).to_owned() }).collect()
}

/// A row as `status: field=value … [codes]`.
fn told(row: &CheckedRow) -> String {
    let values: Vec<String> =
        row.values.iter().map(|(field, value)| format!("{}={}", field.as_str(), value.to_text())).collect();
    let codes: Vec<&str> = row.issues.iter().map(|issue| issue.code).collect();
    format!("{}: {} [{}]", row.status.as_str(), values.join(" "), codes.join(" "))
}

fn rows(report: &Report) -> Vec<String> {
    report.rows().iter().map(told).collect()
}

#[test]
fn portal_users_have_a_display_name_a_type_and_a_site() {
    let profile = profile("portal-user");
    let profile = profile.effective(&Lists { sites: named(&["Lyon"]), ..Lists::default() });
    let sheet = "User name*,Email*,User type,Site\n\
        Front desk 2,desk@example.com,,\n\
        Ana Diaz,ana@example.com,privileged,lyon\n\
        Bo Li,bo@example.com,Owner,Paris\n\
        ,cy@example.com,,\n";
    let report = check(sheet.as_bytes(), &profile);
    assert_eq!(
        rows(&report),
        [
            "accepted: email=desk@example.com first_name=Front desk 2 site=HQ user_type=Standard []",
            "accepted: email=ana@example.com first_name=Ana Diaz site=Lyon user_type=Privileged []",
            "refused: email=bo@example.com first_name=Bo Li site=Paris user_type=Owner [user_type_unknown site_unknown]",
            "refused: email=cy@example.com site=HQ user_type=Standard [required]",
        ]
    );
    assert!(report.to_json(Default::default()).contains(r#""known":["HQ","Lyon"],"name":"Paris""#));
    assert_eq!(profile.invitation_policy(), InvitationPolicy::OptIn);
}

#[test]
fn a_portal_file_has_at_most_500_rows_and_less_than_10_mib() {
    let profile = profile("portal-user");
    let sheet = |rows: usize| {
        let mut sheet = "User name,Email\n".to_owned();
        (0..rows).for_each(|row| sheet.push_str(&format!("Ana,ana{row}@example.com\n")));
        sheet
    };
    let codes = |bytes: &[u8]| check(bytes, &profile).issues().iter().map(|issue| issue.code).collect::<Vec<_>>();
    assert_eq!(codes(sheet(500).as_bytes()), [""; 0]);
    assert_eq!(codes(sheet(501).as_bytes()), ["too_many_rows"]);
    let mut large = sheet(1).into_bytes();
    large.resize(10_485_759, b'\n');
    assert_eq!(codes(&large), [""; 0]);
    large.push(b'\n');
    assert_eq!(codes(&large), ["too_large"]);
}

#[test]
fn users_of_an_organization_sign_in_with_a_name_in_one_of_its_domains() {
    let profile = profile("organization-user");
    let lists = Lists {
        domains: named(&["acme.example", "acme.test"]),
        roles: named(&["Root Master"]),
        password_min: Some(16),
        ..Lists::default()
    };
    let profile = profile.effective(&lists);
    let sheet = "Username;Email;Role;Domain;Password\n\
        ana;ana@mail.example;;;\n\
        ana;ana2@mail.example;organization admin;ACME.test;a long enough password \n\
        bo;bo@mail.example;Root Master;;short\n\
        cy;ana@acme.example;;;\n\
        dee@ACME.TEST;dee@mail.example;;;fifteen letters\n\
        eve@mail.example;eve@mail.example;;;\n";
    let report = check(sheet.as_bytes(), &profile);
    assert_eq!(
        rows(&report),
        [
            "refused: domain=acme.example email=ana@mail.example role=Organization User username=ana [duplicate_in_file]",
            "accepted: domain=acme.test email=ana2@mail.example password=a long enough password  role=Organization Admin \
             username=ana []",
            "refused: domain=acme.example email=bo@mail.example password=short role=Root Master username=bo \
             [role_unknown too_short]",
            "refused: domain=acme.example email=ana@acme.example role=Organization User username=cy [duplicate_in_file]",
            "refused: domain=acme.example email=dee@mail.example password=fifteen letters role=Organization User \
             username=dee@ACME.TEST [too_short]",
            "refused: domain=acme.example email=eve@mail.example role=Organization User username=eve@mail.example \
             [domain_unknown]",
        ]
    );
    assert!(!report.to_json(rollcall_validation::Rows::All).contains("long enough"), "no password in a report");
    assert_eq!(profile.modes(), [Mode::Atomic, Mode::Partial]);
    assert_eq!(profile.credential_modes()[0], CredentialMode::Link);
    assert_eq!(profile.invitation_policy(), InvitationPolicy::ByCredentialMode);
}

#[test]
fn members_have_one_role_and_groups_that_are_spelled_exactly() {
    let profile = profile("member");
    let profile = profile.effective(&Lists { groups: named(&["Sales", "Support, Night"]), ..Lists::default() });
    let sheet = "Username,Email,Role,Groups,First Name,Last Name\n\
        ana,ana@example.com,user,\"Support, Night\",Ana María,O'Brien-2\n\
        bo,bo@example.com,\"User, Billing\",sales,Bo,Li\n\
        c/y,cy@example.com,Master,Sales|Marketing,Cy,Gal·la\n";
    let report = check(sheet.as_bytes(), &profile);
    assert_eq!(
        rows(&report),
        [
            "accepted: email=ana@example.com first_name=Ana María groups=Support, Night last_name=O'Brien-2 role=User \
             username=ana []",
            "refused: email=bo@example.com first_name=Bo groups=sales last_name=Li role=User, Billing username=bo \
             [one_only group_unknown]",
            "refused: email=cy@example.com first_name=Cy groups=Sales|Marketing last_name=Gal·la role=Master username=c/y \
             [character_not_allowed group_unknown character_not_allowed]",
        ]
    );
    let groups = report.rows()[1].issues.iter().find(|issue| issue.field == Some(Field::Groups));
    assert_eq!(groups.and_then(|issue| issue.correction.clone()), Some(Value::List(vec!["Sales".to_owned()])));
    assert_eq!((profile.modes()[0], profile.mfa()), (Mode::Partial, MfaPolicy::Required));
    assert!(profile.username().is_some_and(|rule| rule.immutable && rule.prefill == Some(Field::Email)));
}

/// What the table says in figures and lists.
#[test]
fn the_profiles_are_those_of_the_table() {
    use CredentialMode::{GenerateAndMail, Link, SpecifyAndMail, SpecifyOnly};
    for (id, kind, required, optional, rows, bytes, modes, policy, mfa, credentials) in [
        (
            "portal-user",
            "end_user",
            &[Field::FirstName, Field::Email][..],
            &[Field::UserType, Field::Site][..],
            500,
            10_485_759,
            &[Mode::Atomic][..],
            InvitationPolicy::OptIn,
            MfaPolicy::AsOrganization,
            &[Link][..],
        ),
        (
            "organization-user",
            "end_user",
            &[Field::Username, Field::Email],
            &[
                Field::FirstName,
                Field::LastName,
                Field::Phone,
                Field::Role,
                Field::Domain,
                Field::Password,
                Field::Properties,
            ],
            10_000,
            52_428_800,
            &[Mode::Atomic, Mode::Partial],
            InvitationPolicy::ByCredentialMode,
            MfaPolicy::AsOrganization,
            &[Link, GenerateAndMail, SpecifyAndMail, SpecifyOnly],
        ),
        (
            "member",
            "member",
            &[Field::Username, Field::Email, Field::Role, Field::Groups, Field::FirstName, Field::LastName],
            &[Field::Phone, Field::Courses],
            10_000,
            52_428_800,
            &[Mode::Partial, Mode::Atomic],
            InvitationPolicy::Always,
            MfaPolicy::Required,
            &[Link],
        ),
    ] {
        let profile = profile(id);
        assert_eq!((profile.id(), profile.version(), profile.kind()), (id, 1, Some(kind)));
        assert_eq!(profile.fields().collect::<Vec<_>>(), [required, optional].concat(), "{id}");
        let blank: Vec<Field> = profile
            .fields()
            .filter(|field| check_field(&profile, field.as_str(), "").status == Status::Refused)
            .collect();
        assert_eq!(blank, required, "{id}: what may not be empty");
        assert_eq!((profile.row_limit(), profile.byte_limit()), (rows, bytes), "{id}");
        assert_eq!((profile.modes(), profile.invitation_policy(), profile.mfa()), (modes, policy, mfa), "{id}");
        assert_eq!(profile.invitation().expires_after, 14 * 24, "{id}");
        assert_eq!(profile.credential_modes(), credentials, "{id}");
        assert!(!profile.role().multiple && profile.role().required_at_commit, "{id}: one role");
    }
}

#[test]
fn every_limit_at_its_edge() {
    let repeated = |text: &str, times: usize| text.repeat(times);
    // An address of so many characters, its labels and local part as long as they may be.
    let address = |length: usize| {
        let labels = [62, 61, length - 64 - 1 - 125 - 4].map(|letters| "b".repeat(letters)).join(".");
        format!("{}@{labels}.com", "a".repeat(64))
    };
    let short = |length: usize| format!("{}@{}.com", "a".repeat(64), "b".repeat(length - 69));
    for (id, field, within, beyond, code) in [
        ("portal-user", "first_name", repeated("é", 150), repeated("é", 151), "too_long"),
        ("portal-user", "email", address(254), address(255), "email_too_long"),
        ("organization-user", "first_name", repeated("é", 150), repeated("é", 151), "too_long"),
        ("organization-user", "last_name", repeated("x", 150), repeated("x", 151), "too_long"),
        ("organization-user", "username", repeated("x", 150), repeated("x", 151), "too_long"),
        ("organization-user", "email", address(254), address(255), "email_too_long"),
        ("organization-user", "password", repeated("x", 256), repeated("x", 257), "too_long"),
        ("organization-user", "password", repeated("x", 12), repeated("x", 11), "too_short"),
        ("member", "first_name", repeated("é", 48), repeated("é", 49), "too_long"),
        ("member", "last_name", repeated("e\u{301}", 48), repeated("e\u{301}", 49), "too_long"),
        ("member", "username", repeated("x", 50), repeated("x", 51), "too_long"),
        ("member", "email", short(100), short(101), "email_too_long"),
    ] {
        let profile = profile(id);
        let said = |text: &str| {
            let verdict = check_field(&profile, field, text);
            verdict.issues.iter().filter(|issue| issue.is_error()).map(|issue| issue.code).collect::<Vec<_>>()
        };
        assert_eq!(said(&within), [""; 0], "{id} {field} of {}", within.chars().count());
        assert_eq!(said(&beyond), [code], "{id} {field} of {}", beyond.chars().count());
    }
    for id in ["organization-user", "member"] {
        let profile = profile(id);
        let rows = |count: usize| {
            let row = |at: usize| format!("u{at},u{at}@example.com,User,Sales,Ana,Diaz\n");
            let sheet: String = std::iter::once("Username,Email,Role,Groups,First Name,Last Name\n".to_owned())
                .chain((0..count).map(row))
                .collect();
            check(sheet.as_bytes(), &profile).issues().iter().map(|issue| issue.code).collect::<Vec<_>>()
        };
        assert_eq!(rows(10_000), [""; 0], "{id}");
        assert_eq!(rows(10_001), ["too_many_rows"], "{id}");
    }
}

#[test]
fn names_and_usernames_of_members() {
    let profile = profile("member");
    for (field, text, wanted) in [
        ("first_name", "Ana María", Ok("Ana María")),
        ("first_name", "Łukasz", Ok("Łukasz")),
        ("first_name", "李", Ok("李")),
        ("first_name", "Anne-Marie", Ok("Anne-Marie")),
        ("last_name", "O'Brien 3", Ok("O'Brien 3")),
        ("last_name", "3", Ok("3")),
        ("last_name", "-", Err("letter_missing")),
        ("last_name", "O’Brien", Err("smart_quotes")),
        ("last_name", "Smith, Jr", Err("character_not_allowed")),
        ("first_name", "A.", Err("character_not_allowed")),
        ("username", "ana.diaz@example.com", Ok("ana.diaz@example.com")),
        ("username", "ana#1", Err("character_not_allowed")),
        ("username", "ana/1", Err("character_not_allowed")),
        ("username", "ana?1", Err("character_not_allowed")),
        ("username", "ana\\1", Err("character_not_allowed")),
        ("role", "Master", Ok("Master")),
        ("role", "co-managed user", Ok("Co-Managed User")),
        ("role", "Billing; User", Err("one_only")),
        ("role", "Root Master", Err("role_unknown")),
        ("role", "Utilisateur", Err("role_unknown")),
    ] {
        let verdict = check_field(&profile, field, text);
        let code = verdict.issues.iter().find(|issue| issue.is_error()).map(|issue| issue.code);
        let value = verdict.value.map(|value| value.to_text()).unwrap_or_default();
        match wanted {
            Ok(wanted) => assert_eq!((value.as_str(), code), (wanted, None), "{field} {text}"),
            Err(wanted) => assert_eq!(code, Some(wanted), "{field} {text}"),
        }
    }
}
