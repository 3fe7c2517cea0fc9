//! The five sources' own jobs, step by step, over the API (docs/SOURCES.md says which step is where).

use rollcall_tests::imports::{imported, paste, report, server_issues, settled, users};
use rollcall_tests::system::{Answer, Caller, Request, System};
use serde_json::{Value, json};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn user(system: &System, email: &str) -> Value {
    let found = users(system, &format!("q={email}")).await;
    let found: Vec<&Value> = found.iter().filter(|user| user["email"] == email).collect();
    assert_eq!(found.len(), 1, "{email}: {found:?}");
    found[0].clone()
}

/// The titles of a profile's CSV template, as whoever downloads it finds them.
async fn template(system: &System, profile: &str, organization: &str) -> String {
    let path = format!("/v1/import-profiles/{profile}/template?organization={organization}&format=csv");
    let answer = system.get(&system.root(), path).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.text.trim_start_matches('\u{feff}').trim_end().to_owned()
}

fn counts(import: &Value) -> [u64; 4] {
    ["rows", "imported", "skipped", "failed"].map(|name| import["counts"][name].as_u64().unwrap_or(u64::MAX))
}

/// Rows of a refused sheet with the field and code of their first issue.
fn refused(answer: &Answer) -> Vec<(u64, String, String)> {
    assert_eq!(answer.outcome(), (422, "import_refused"), "{answer:?}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = answer.json["report"]["rows"].as_array().cloned().unwrap_or_default();
    rows.iter()
        .filter(|row| row["status"] == "refused")
        .map(|row| {
            (row["row"].as_u64().unwrap_or(0), text(&row["issues"][0]["field"]), text(&row["issues"][0]["code"]))
        })
        .collect()
}

/// S0: paste for one organization, any invalid value refuses all, roles by ticked rows, then import.
#[tokio::test(flavor = "multi_thread")]
async fn end_users_are_pasted_given_roles_and_invited_for_fourteen_days() {
    let system = System::start(81).await;
    let acme = system.organization("Source Zero").await;
    let query = format!("profile=end-user&organization={acme}");
    // A header `Name` beside `Last Name` is the first name; Excel's apostrophe before a number is no mistake.
    let sheet =
        "Name\tLast Name\tEmail\tPhone\nAna\tSousa\tana@example.com\t'+351 912 345 678\nBen\tRoth\tben@example.com\t\n";

    let wrong = sheet.replace("Ben\tRoth", "Ben\tR0th");
    assert_eq!(
        refused(&paste(&system, &query, wrong).await),
        [(2, "last_name".into(), "character_not_allowed".into())]
    );
    assert_eq!(users(&system, "q=ana@example.com").await.len(), 0, "the whole import");

    let roleless = paste(&system, &query, sheet).await;
    assert_eq!((roleless.outcome(), &roleless.json["rows"]), ((422, "role_required"), &json!([1, 2])), "{roleless:?}");
    let rows = json!({"rows": [
        {"row": 1, "first_name": "Ana", "last_name": "Sousa", "email": "ana@example.com", "phone": "+351912345678", "role": ["Organization Admin"]},
        {"row": 2, "first_name": "Ben", "last_name": "Roth", "email": "ben@example.com", "role": ["Organization User"]},
    ]});
    let started = system.post(&system.root(), format!("/v1/imports?{query}"), rows).await;
    assert_eq!(started.status, 202, "{started:?}");
    assert_eq!(counts(&settled(&system, &started.text_of("id")).await), [2, 2, 0, 0]);

    let (ana, ben) = (user(&system, "ana@example.com").await, user(&system, "ben@example.com").await);
    assert_eq!((&ana["roles"], &ben["roles"]), (&json!(["organization_admin"]), &json!(["organization_user"])));
    assert_eq!((&ana["phone"], &ana["status"]), (&json!("+351912345678"), &json!("invited")));
    assert_eq!((&ana["invitation"]["status"], &ana["invitation"]["valid_hours"]), (&json!("pending"), &json!(336)));
    system.invitation_path("ben@example.com").await;
    let resent = system
        .post(&system.root(), format!("/v1/users/{}/resend-invitation", ben["id"].as_str().unwrap_or("")), json!({}))
        .await;
    assert_eq!((resent.status, &resent.json["invitation"]["generation"]), (200, &json!(2)), "{resent:?}");

    let clone = json!({"first_name": "Cleo", "last_name": "Ito", "email": "cleo@example.com"});
    let cloned =
        system.post(&system.root(), format!("/v1/users/{}/clone", ana["id"].as_str().unwrap_or("")), clone).await;
    assert_eq!(
        (cloned.status, &cloned.json["roles"], &cloned.json["organization_id"]),
        (201, &ana["roles"], &json!(acme))
    );
}

/// S1: paste without a header, roles optional, 24 hours, a number asked for when registering, an address that changes.
#[tokio::test(flavor = "multi_thread")]
async fn technicians_are_invited_for_a_day_and_a_changed_address_kills_the_link() {
    let system = System::start(82).await;
    let sheet = "Ana\tSousa\tana@example.com\t+351 912 345 678\nBen\tRoth\tben@example.com\t\n";
    for (case, wrong, wanted) in [
        ("an umlaut", sheet.replace("ben@", "bén@"), (2, "email", "email_not_ascii")),
        ("a dot at its end", sheet.replace("ben@example.com", "ben.@example.com"), (2, "email", "email_edge")),
        ("a dash in a number", sheet.replace("912 345", "912-345"), (1, "phone", "phone_character")),
        ("punctuation in a name", sheet.replace("Roth", "O'Roth"), (2, "last_name", "character_not_allowed")),
    ] {
        let said = refused(&paste(&system, "profile=technician", wrong).await);
        let said: Vec<_> = said.iter().map(|(row, field, code)| (*row, field.as_str(), code.as_str())).collect();
        assert_eq!(said, [wanted], "{case}");
    }
    let import = imported(&system, "profile=technician", sheet).await;
    assert_eq!(counts(&import), [2, 2, 0, 0], "roles are optional");
    let ben = user(&system, "ben@example.com").await;
    assert_eq!((&ben["kind"], &ben["invitation"]["valid_hours"]), (&json!("technician"), &json!(24)));
    let link = system.invitation_path("ben@example.com").await;
    let asked = system.get(&Caller::Nobody, link.clone()).await;
    assert_eq!((&asked.json["needs_phone"], &asked.json["needs_mfa"]), (&json!(true), &json!(true)), "{asked:?}");

    let change = Request::new("PATCH", format!("/v1/users/{}", ben["id"].as_str().unwrap_or("")))
        .header("if-match", format!("\"{}\"", user(&system, "ben@example.com").await["version"]))
        .json(&json!({"email": "benjamin@example.com"}));
    let changed = system.send(&system.root(), change).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let newer = system.invitation_path("benjamin@example.com").await;
    assert_ne!(newer, link);
    assert_eq!(system.get(&Caller::Nobody, link).await.json["state"], "address_changed");

    system.server.advance("PT25H").await.expect("a duration");
    assert_eq!(system.get(&Caller::Nobody, newer).await.json["state"], "expired");
}

/// S2: template, .csv or .xlsx, 500 people, under 10 MB, known sites, invitations only if wanted and later in bulk.
#[tokio::test(flavor = "multi_thread")]
async fn portal_users_come_by_file_within_its_limits_and_are_invited_when_somebody_says_so() {
    let system = System::start(83).await;
    let acme = system.organization("Source Two").await;
    let site = system.post(&system.root(), format!("/v1/sites?organization={acme}"), json!({"name": "Berlin"})).await;
    assert_eq!(site.status, 201, "{site:?}");
    let query = format!("profile=portal-user&organization={acme}");
    let titles = template(&system, "portal-user", &acme).await;
    assert_eq!(titles, "User name*,Email*,User type,Site");

    let missing = format!("{titles}\n,nobody@example.com,,\nDoe,,,\nAna Sousa,ana@example.com,Privileged,Paris\n");
    let said = refused(&paste(&system, &query, missing).await);
    let places: Vec<(u64, &str)> = said.iter().map(|(row, field, _)| (*row, field.as_str())).collect();
    assert_eq!(places, [(1, "first_name"), (2, "email"), (3, "site")], "{said:?}");

    let sheet = format!("{titles}\nAna Sousa,ana@example.com,Privileged,Berlin\nDr. Ben Roth 2,ben@example.com,,\n");
    let import = imported(&system, &query, sheet).await;
    assert_eq!(counts(&import), [2, 2, 0, 0]);
    let (ana, ben) = (user(&system, "ana@example.com").await, user(&system, "ben@example.com").await);
    assert_eq!((&ana["roles"], &ana["site"]), (&json!(["privileged"]), &site.json["id"]), "{ana}");
    assert_eq!(
        (&ben["roles"], &ben["site"], &ben["name"]),
        (&json!(["standard"]), &Value::Null, &json!("Dr. Ben Roth 2"))
    );
    assert_eq!((&ben["status"], &ben["invitation"]), (&json!("created"), &Value::Null), "off by default");
    let later = system
        .post(&system.root(), format!("/v1/users/{}/send-invitation", ben["id"].as_str().unwrap_or("")), json!({}))
        .await;
    assert_eq!((later.status, &later.json["status"]), (200, &json!("invited")), "{later:?}");
    let wanted = format!("{titles}\nCleo Ito,cleo@example.com,,\n");
    imported(&system, &format!("{query}&invite=true"), wanted).await;
    assert_eq!(user(&system, "cleo@example.com").await["invitation"]["valid_hours"], 336);

    for (people, code) in [(500, None), (501, Some("too_many_rows"))] {
        let rows: String = (0..people).map(|n| format!("Person {n},p{n}@example.org,,\n")).collect();
        let answer = paste(&system, &format!("{query}&dry_run=true"), format!("{titles}\n{rows}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.json["report"]["issues"][0]["code"].as_str(), code, "{people} people");
    }
}

/// S2, the size: one byte below 10 MiB is taken, 10 MiB is not, in pieces as larger files are sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_portal_users_file_of_ten_megabytes_is_refused_and_a_byte_less_is_not() {
    const PIECE: usize = 4 * 1024 * 1024;
    let system = System::start(84).await;
    let acme = system.organization("Source Two").await;
    let query = format!("profile=portal-user&organization={acme}");
    let announce = |size: usize| json!({"source_bytes": size, "source_pieces": size.div_ceil(PIECE)});
    let path = format!("/v1/imports?{query}");
    let larger = system.post(&system.root(), path.clone(), announce(10_485_760)).await;
    assert_eq!(larger.outcome(), (413, "body_too_large"), "before any of it is sent: {larger:?}");

    let mut file = b"User name,Email,User type,Site\nAna Sousa,ana@example.com,,\n".to_vec();
    file.resize(10_485_759, b'\n');
    let staged = system.post(&system.root(), path, announce(file.len())).await;
    assert_eq!(staged.status, 201, "{staged:?}");
    let id = staged.text_of("id");
    for (number, piece) in file.chunks(PIECE).enumerate() {
        let put =
            Request::new("PUT", format!("/v1/imports/{id}/source/{number}")).body("application/octet-stream", piece);
        assert_eq!(system.send(&system.root(), put).await.status, 200, "piece {number}");
    }
    let committed = system.post(&system.root(), format!("/v1/imports/{id}/commit"), json!({})).await;
    assert_eq!(committed.status, 202, "{committed:?}");
    assert_eq!(counts(&settled(&system, &id).await), [1, 1, 0, 0]);
}

/// S3: domains, four ways to first credentials, custom properties, roles.
#[tokio::test(flavor = "multi_thread")]
async fn users_of_an_organization_get_credentials_as_the_importer_chose() {
    let system = System::start(85).await;
    let acme = system.organization("Source Three").await;
    let read = system.get(&system.root(), format!("/v1/organizations/{acme}")).await;
    let domains = json!({
        "domains": ["acme.example", "acme.test"],
        "credential_modes": ["link", "generate_and_mail", "specify_and_mail", "specify_only"],
    });
    let patch = Request::new("PATCH", format!("/v1/organizations/{acme}"))
        .header("if-match", format!("\"{}\"", read.json["version"]))
        .json(&domains);
    let patched = system.send(&system.root(), patch).await;
    assert_eq!(patched.status, 200, "{patched:?}");
    let desk = json!({"name": "Desk", "key": "desk", "type": "number"});
    let property = system.post(&system.root(), format!("/v1/properties?organization={acme}"), desk).await;
    assert_eq!(property.status, 201, "{property:?}");
    let query = format!("profile=organization-user&organization={acme}");

    let sheet = "Username,Email,First name,Last name,Role,Domain,Properties\nana,ana@example.com,Ana,Sousa,Organization Admin,,Desk=12\nben,ben@example.com,Ben,Roth,,acme.test,\n";
    let import = imported(&system, &format!("{query}&credentials=generate_and_mail"), sheet).await;
    assert_eq!(counts(&import), [2, 2, 0, 0], "{import}");
    let (ana, ben) = (user(&system, "ana@example.com").await, user(&system, "ben@example.com").await);
    assert_eq!((&ana["username"], &ana["roles"]), (&json!("ana@acme.example"), &json!(["organization_admin"])));
    assert_eq!((&ben["username"], &ben["roles"]), (&json!("ben@acme.test"), &json!(["organization_user"])));
    assert_eq!(ana["properties"], json!({"desk": 12}));
    let generated = system
        .eventually(async || {
            let mails = system.server.outbox().list(&rollcall_dev_server::MailFilter::default()).ok()?;
            mails.into_iter().find(|mail| mail.to == "ana@example.com").map(|mail| mail.text)
        })
        .await
        .expect("a mail with the password");
    let password = generated
        .split_whitespace()
        .find(|word| word.len() >= 16 && word.chars().all(|c| c.is_ascii_alphanumeric()))
        .expect("letters and digits, at least 16")
        .to_owned();
    let sign_in = json!({"email": "ana@acme.example", "password": password});
    let first = system.post(&Caller::Nobody, "/v1/sessions", sign_in).await;
    assert_eq!((first.status, &first.json["next"]), (200, &json!("change_password")), "{first:?}");

    let given = "Username,Email,Password\ncleo,cleo@example.com,a passphrase of Cleo\n";
    let specified = imported(&system, &format!("{query}&credentials=specify_only"), given).await;
    assert_eq!(counts(&specified), [1, 1, 0, 0], "{specified}");
    let told = report(&system, specified["id"].as_str().unwrap_or_default()).await;
    assert!(!told.to_string().contains("a passphrase of Cleo"), "no password in a report");
    let sign_in = json!({"email": "cleo@acme.example", "password": "a passphrase of Cleo"});
    let first = system.post(&Caller::Nobody, "/v1/sessions", sign_in).await;
    assert_eq!((first.status, &first.json["next"]), (200, &json!("change_password")), "{first:?}");

    imported(&system, &query, "Username,Email\ndan,dan@example.com\n").await;
    system.invitation_path("dan@example.com").await;
    assert_eq!(user(&system, "dan@example.com").await["invitation"]["valid_hours"], 336, "a link by default");

    let partial = "Username,Email\neve,eve@example.com\nana,ana2@example.com\nf\tx,not an address\n";
    let import = imported(&system, &format!("{query}&mode=partial"), partial).await;
    assert_eq!(counts(&import), [3, 1, 0, 2], "{import}");
    let told = report(&system, import["id"].as_str().unwrap_or_default()).await;
    assert_eq!(server_issues(&told), [(2, "username".into(), "username_taken".into())]);

    let forbidden = system.organization("Source Three, careful").await;
    let careful = format!("profile=organization-user&organization={forbidden}&credentials=specify_and_mail");
    let read = system.get(&system.root(), format!("/v1/organizations/{forbidden}")).await;
    let patch = Request::new("PATCH", format!("/v1/organizations/{forbidden}"))
        .header("if-match", format!("\"{}\"", read.json["version"]))
        .json(&json!({"credential_modes": ["link"], "domains": ["careful.example"]}));
    assert_eq!(system.send(&system.root(), patch).await.status, 200);
    let answer = paste(&system, &careful, "Username,Email,Password\ngil,gil@example.com,a passphrase of Gil\n").await;
    assert_eq!(answer.outcome(), (422, "credential_mode_not_allowed"), "{answer:?}");
}

/// S4: only Masters, groups to the letter, rows that fail do not stop the others, two weeks.
#[tokio::test(flavor = "multi_thread")]
async fn members_are_imported_by_masters_with_groups_to_the_letter_and_the_good_rows_land() {
    let system = System::start(86).await;
    let acme = system.organization("Source Four").await;
    let mut groups = Vec::new();
    for name in ["Night shift", "night shift", "Lab; east"] {
        let made = system.post(&system.root(), format!("/v1/groups?organization={acme}"), json!({"name": name})).await;
        if made.status == 201 {
            groups.push(made.text_of("id"));
        }
    }
    assert!(groups.len() >= 2, "{groups:?}");
    let master = system
        .person(json!({"kind": "member", "organization_id": acme, "roles": ["master"], "username": "chief"}))
        .await;
    let user_only =
        system.person(json!({"kind": "member", "organization_id": acme, "roles": ["user"], "username": "mere"})).await;
    let titles = template(&system, "member", &acme).await;
    assert!(titles.starts_with("Username*,Email*,Role*,Groups*,First Name*,Last Name*"), "{titles}");
    let sheet = [
        "Username*,Email*,Role*,Groups*,First Name*,Last Name*",
        "ana,ana@example.com,User,Night shift,Ana,Sousa",
        "ben,ben@example.com,Billing,NIGHT SHIFT,Ben,Roth",
        "cleo,cleo@example.com,User;Billing,Night shift,Cleo,Ito",
        "dan,dan@example.com,Co-Managed User,Night shift|Lab; east,Dan,O'Neil-2",
        "eve,eve@example.com,Root Master,Night shift,Eve,Poe",
        "f#gil,gil@example.com,User,Night shift,Gil,Poe",
        "hal,hal@example.com,Master,\"Lab; east\",Hal,Poe",
    ]
    .join("\n");
    let query = format!("profile=member&organization={acme}");
    let post = |caller: Caller, query: String| {
        let request = Request::new("POST", format!("/v1/imports?{query}")).body("text/csv", sheet.clone());
        let system = &system;
        async move { system.send(&caller, request).await }
    };
    let denied = post(user_only.caller.clone(), query.clone()).await;
    assert_eq!(denied.outcome(), (403, "permission_denied"), "{denied:?}");
    let whole = post(master.caller.clone(), format!("{query}&mode=atomic")).await;
    let rows: Vec<u64> = refused(&whole).iter().map(|(row, ..)| *row).collect();
    assert_eq!(rows, [2, 3, 5, 6], "{whole:?}");

    let started = post(master.caller.clone(), query).await;
    assert_eq!((started.status, &started.json["mode"]), (202, &json!("partial")), "{started:?}");
    let import = settled(&system, &started.text_of("id")).await;
    assert_eq!(counts(&import), [7, 3, 0, 4], "{import}");
    let dan = user(&system, "dan@example.com").await;
    assert_eq!((&dan["kind"], &dan["roles"]), (&json!("member"), &json!(["co_managed_user"])));
    assert_eq!(dan["groups"].as_array().map(Vec::len), Some(2), "{dan}");
    assert_eq!(dan["invitation"]["valid_hours"], 336);
    let log = system.get(&system.root(), format!("/v1/imports/{}/report?format=csv", started.text_of("id"))).await;
    assert_eq!(log.status, 200, "{log:?}");
    assert_eq!(log.text.lines().count(), 5, "four rows to mend and their titles: {}", log.text);

    // Mended rows come back alone, with their numbers.
    let mended =
        log.text.replace("NIGHT SHIFT", "Night shift").replace("User;Billing", "User").replace("User; Billing", "User");
    let mended = mended.replace("Root Master", "User").replace("f#gil", "gil");
    let back = Request::new("POST", format!("/v1/imports?profile=member&organization={acme}")).body("text/csv", mended);
    let back = system.send(&master.caller, back).await;
    assert_eq!(back.status, 202, "{back:?}");
    assert_eq!(counts(&settled(&system, &back.text_of("id")).await), [4, 4, 0, 0]);
}

/// What LibreOffice stores as a workbook and as CSV is the same people with the same verdicts, by the API too.
#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_is_checked_as_its_csv_is() {
    let system = System::start(87).await;
    let acme = system.organization("Source Workbook").await;
    let query = format!("profile=modern&organization={acme}&role=organization_user&dry_run=true");
    let ask = |file: &str, media_type: &str| {
        let file = rollcall_tests::workspace::root().join("tests/corpus").join(file);
        let bytes = std::fs::read(file).expect("the corpus");
        let request = Request::new("POST", format!("/v1/imports?{query}")).body(media_type, bytes);
        let system = &system;
        async move {
            let answer = system.send(&system.root(), request).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            answer.json["report"].clone()
        }
    };
    let text = ask("libreoffice-people.csv", "text/csv").await;
    assert_eq!(text["counts"]["rows"], 3, "{text}");
    for media_type in [XLSX, "application/octet-stream"] {
        let workbook = ask("libreoffice-people.xlsx", media_type).await;
        assert_eq!(workbook["source"]["format"], "xlsx", "{workbook}");
        for part in ["counts", "issues", "rows", "verdict"] {
            assert_eq!(workbook[part], text[part], "{part}: {workbook}");
        }
    }
}
