//! The format of profiles can say what the three sources want that are not built in yet, without a line of code.

use rollcall_validation::{
    CheckedRow, CredentialMode, Field, InvitationPolicy, Lists, MfaPolicy, Mode, Named, Profile, Report, Value, check,
};

fn profile(json: &str) -> Profile {
    Profile::from_json(json).unwrap_or_else(|error| panic!("{error}"))
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
    let profile = profile(include_str!("profiles/portal-user.json"));
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
    let profile = profile(include_str!("profiles/portal-user.json"));
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
    let profile = profile(include_str!("profiles/organization-user.json"));
    let lists =
        Lists { domains: named(&["acme.example", "acme.test"]), roles: named(&["Root Master"]), ..Lists::default() };
    let profile = profile.effective(&lists);
    let sheet = "Username;Email;Role;Domain;Password\n\
        ana;ana@mail.example;;;\n\
        ana;ana2@mail.example;organization admin;ACME.test;a long enough password \n\
        bo;bo@mail.example;Root Master;;short\n\
        cy;ana@acme.example;;;\n";
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
        ]
    );
    assert_eq!(profile.modes(), [Mode::Atomic, Mode::Partial]);
    assert_eq!(profile.credential_modes()[0], CredentialMode::Link);
    assert_eq!(profile.invitation_policy(), InvitationPolicy::ByCredentialMode);
}

#[test]
fn members_have_one_role_and_groups_that_are_spelled_exactly() {
    let profile = profile(include_str!("profiles/member.json"));
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
