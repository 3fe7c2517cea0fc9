//! /v1/imports: sheets, rows and chunks; whole or not at all; safe to repeat.

#![expect(clippy::print_stdout, reason = "the numbers are worth seeing")]

use std::time::{Duration, Instant};

use rollcall_dev_server::MailFilter;
use rollcall_tests::imports::{imported, paste, report, server_issues, settled, users};
use rollcall_tests::system::{Caller, Request, System};
use serde_json::{Value, json};

/// A name of letters only, different for every number.
fn name(number: usize) -> String {
    let mut letters = String::from("N");
    let mut rest = number;
    loop {
        letters.push(char::from(b'a' + u8::try_from(rest % 26).expect("below 26")));
        rest /= 26;
        if rest == 0 {
            return letters;
        }
    }
}

/// A sheet of that many people whose addresses nobody else has.
fn sheet(prefix: &str, people: usize) -> String {
    let mut text = String::from("First Name\tLast Name\tEmail\n");
    for number in 0..people {
        text.push_str(&format!("{}\tTester\t{prefix}{number}@example.com\n", name(number)));
    }
    text
}

/// The same as rows, from `from` on.
fn rows(prefix: &str, from: usize, count: usize) -> Vec<Value> {
    (from..from + count)
        .map(|number| {
            json!({"row": number + 1, "first_name": name(number), "last_name": "Tester",
                "email": format!("{prefix}{number}@example.com")})
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_sheet_becomes_users_with_one_invitation_and_one_mail_each() {
    let system = System::start(1).await;
    let import = imported(&system, "profile=technician", sheet("tech", 30)).await;
    assert_eq!((&import["status"], &import["visibility"]), (&json!("finished"), &json!("committed")));
    assert_eq!(import["counts"], json!({"rows": 30, "imported": 30, "updated": 0, "skipped": 0, "failed": 0}));
    let listed = users(&system, "q=tech").await;
    assert_eq!(listed.len(), 30);
    for user in &listed {
        assert_eq!((&user["status"], &user["invitation"]["status"]), (&json!("invited"), &json!("pending")), "{user}");
        assert_eq!(user["invitation"]["valid_hours"], 24);
        assert_eq!(user["import_id"], import["id"]);
    }
    system.invitation_path("tech29@example.com").await;
    system.server.advance("PT5M").await.expect("a duration");
    let mails = system.server.outbox().list(&MailFilter::default()).expect("the outbox");
    for user in &listed {
        let to = user["email"].as_str().expect("an address");
        assert_eq!(mails.iter().filter(|mail| mail.to == to).count(), 1, "mails to one person");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_everything_and_writes_nothing() {
    let system = System::start(2).await;
    imported(&system, "profile=technician", sheet("a", 2)).await;
    let text = "First Name,Last Name,Email\nAna,Sá,A1@Example.com\nB0b,Li,b@example.com\nCy,Li,c@example.com\n";
    let request = Request::new("POST", "/v1/imports?profile=technician&dry_run=true").body("text/csv", text);
    let answer = system.send(&system.root(), request).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json["report"]["verdict"], "refused");
    assert_eq!(server_issues(&answer.json), [(1, "email".into(), "already_exists".into())]);
    let profile = system.get(&system.root(), "/v1/import-profiles/technician").await.text;
    let profile = rollcall_validation::Profile::from_json(&profile).expect("an effective profile");
    let report = rollcall_validation::check(text.as_bytes(), &profile).to_json(rollcall_validation::Rows::Issues);
    assert!(answer.text.contains(&report), "the report is the validator's, byte for byte");
    assert_eq!(users(&system, "q=c@example.com").await.len(), 0);
    assert_eq!(system.get(&system.root(), "/v1/imports").await.json["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_with_one_refused_row_is_refused_whole_with_its_report() {
    let system = System::start(3).await;
    let mut text = sheet("x", 20);
    text.push_str("J0hn\tTester\tjohn@example.com\n");
    let answer = paste(&system, "profile=technician", text).await;
    assert_eq!(answer.outcome(), (422, "import_refused"));
    let refused = &answer.json["report"]["rows"][0];
    assert_eq!((&refused["row"], &refused["issues"][0]["field"]), (&json!(21), &json!("first_name")));
    assert_eq!(users(&system, "q=x1").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_sheet_is_refused_with_a_report_and_never_half_done() {
    let system = System::start(4).await;
    let wide = format!("First Name\tLast Name\tEmail{}\n", "\tx".repeat(10_000));
    for (case, bytes) in [
        ("empty", Vec::new()),
        ("blank lines", b"\n\r\n  \n".to_vec()),
        ("header only", b"First Name\tLast Name\tEmail\n".to_vec()),
        ("binary", (0..=255_u8).cycle().take(5_000).collect()),
        ("a zip", b"PK\x03\x04\x14\x00\x06\x00".to_vec()),
        ("unbalanced quotes", b"First Name,Last Name,Email\n\"Ana,Li,ana@example.com\n".to_vec()),
        ("ten thousand columns", wide.into_bytes()),
        ("NUL", b"First Name\tLast Name\tEmail\nA\0na\tLi\tana@example.com\n".to_vec()),
        ("a formula", b"First Name\tLast Name\tEmail\n=1+1\tLi\tana@example.com\n".to_vec()),
        ("right-to-left override", "First Name\tLast Name\tEmail\nA\u{202e}na\tLi\tana@example.com\n".into()),
        (
            "an address of 300",
            format!("First Name\tLast Name\tEmail\nAna\tLi\t{}@example.com\n", "a".repeat(288)).into(),
        ),
        ("the same in capitals", b"First Name\tLast Name\tEmail\nA\tL\ta@example.com\nB\tL\tA@EXAMPLE.COM\n".to_vec()),
    ] {
        let answer = paste(&system, "profile=technician", bytes).await;
        assert_eq!(answer.outcome(), (422, "import_refused"), "{case}: {answer:?}");
        assert_eq!(answer.json["report"]["verdict"], "refused", "{case}");
    }
    assert_eq!(system.get(&system.root(), "/v1/imports").await.json["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_cannot_be_are_named_by_their_code() {
    let system = System::start(5).await;
    let root = system.root();
    let acme = system.organization("Import Acme").await;
    let none = "org_00000000000000000000000000";
    for (case, query, wanted) in [
        ("no profile", String::new(), (400, "parameter_not_valid")),
        ("unknown profile", "profile=nothing".into(), (404, "profile_not_found")),
        ("no organization", "profile=end-user".into(), (400, "organization_required")),
        ("unknown organization", format!("profile=end-user&organization={none}"), (404, "organization_not_found")),
        ("no identifier", "profile=end-user&organization=../x".into(), (404, "organization_not_found")),
        ("unknown mode", "profile=technician&mode=some".into(), (400, "parameter_not_valid")),
        ("a mode it lacks", "profile=technician&mode=partial".into(), (400, "parameter_not_valid")),
        ("unknown role", "profile=technician&role=king".into(), (400, "parameter_not_valid")),
        ("Root Master", "profile=technician&role=root_master".into(), (400, "parameter_not_valid")),
        ("unknown on_existing", "profile=technician&on_existing=x".into(), (400, "parameter_not_valid")),
        ("invite", "profile=technician&invite=maybe".into(), (400, "parameter_not_valid")),
        ("uninvited technicians", "profile=technician&invite=false".into(), (400, "parameter_not_supported")),
        ("other rules", "profile=technician&profile_hash=00".into(), (409, "rules_changed")),
        ("no role", format!("profile=end-user&organization={acme}"), (422, "role_required")),
    ] {
        let answer = paste(&system, &query, sheet("p", 2)).await;
        assert_eq!(answer.outcome(), wanted, "{case}: {answer:?}");
    }
    let path = "/v1/imports?profile=technician";
    let request = |media: &str, body: &str| Request::new("POST", path).body(media, body);
    for (case, request, wanted) in [
        ("a picture", request("image/png", "x"), (415, "media_type_not_supported")),
        ("broken JSON", request("application/json", "{\"rows\":["), (400, "body_not_json")),
        ("numbers in rows", request("application/json", r#"{"rows":[{"email":1}]}"#), (400, "body_not_json")),
        (
            "rows and chunks",
            request("application/json", r#"{"rows":[],"chunks":1,"total_rows":1}"#),
            (400, "body_not_json"),
        ),
        ("no rows", request("application/json", r#"{"rows":[]}"#), (422, "import_refused")),
        ("no chunks", request("application/json", r#"{"chunks":0,"total_rows":5}"#), (400, "parameter_not_valid")),
        (
            "too many rows",
            request("application/json", r#"{"chunks":101,"total_rows":100001}"#),
            (400, "parameter_not_valid"),
        ),
        (
            "too few chunks",
            request("application/json", r#"{"chunks":1,"total_rows":1001}"#),
            (400, "parameter_not_valid"),
        ),
        ("more than 4 MiB", request("text/csv", &"a".repeat(4 * 1024 * 1024 + 1)), (413, "use_chunks")),
    ] {
        let answer = system.send(&root, request).await;
        assert_eq!(answer.outcome(), wanted, "{case}: {answer:?}");
    }
    let huge = system.send(&root, request("text/csv", &"a".repeat(100_000_000))).await;
    assert_eq!(huge.status, 413, "100 MB");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_taken_address_rejects_an_atomic_import_and_the_report_names_its_row() {
    let system = System::start(6).await;
    imported(&system, "profile=technician", "First Name,Last Name,Email\nAna,Li,x7@example.com\n").await;
    let import = imported(&system, "profile=technician", sheet("x", 20)).await;
    assert_eq!((&import["status"], &import["visibility"]), (&json!("rejected"), &json!("discarded")));
    assert_eq!(import["counts"], json!({"rows": 20, "imported": 0, "updated": 0, "skipped": 0, "failed": 1}));
    assert_eq!(import["problem"]["code"], "rows_refused");
    let id = import["id"].as_str().expect("an id");
    assert_eq!(server_issues(&report(&system, id).await), [(8, "email".into(), "already_exists".into())]);
    let csv = system.get(&system.root(), format!("/v1/imports/{id}/report?format=csv")).await;
    let lines: Vec<&str> = csv.text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "First Name,Last Name,Email,Rollcall row,Rollcall errors");
    assert!(lines.len() == 2 && lines[1].contains("x7@example.com,8,"), "{lines:?}");
    assert_eq!(users(&system, "q=x").await.len(), 1);
    // Nothing of it is left: the other nineteen can be imported at once.
    let others = sheet("x", 20).lines().filter(|line| !line.contains("x7@")).collect::<Vec<_>>().join("\n");
    assert_eq!(imported(&system, "profile=technician", others).await["status"], "finished");
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_are_the_same_to_people_are_the_same_across_imports() {
    let system = System::start(7).await;
    let acme = system.organization("Import Acme").await;
    let query = format!("profile=modern&organization={acme}&role=organization_user");
    let text = "First Name,Email\nAna,straße@example.com\nBea,kim@example.com\nCid,dora@bücher.example\n";
    assert_eq!(imported(&system, &query, text).await["status"], "finished");
    for (case, address) in [
        ("capitals", "KIM@EXAMPLE.COM"),
        ("Kelvin sign", "\u{212a}im@example.com"),
        ("ß and ss", "strasse@example.com"),
        ("A-label", "dora@xn--bcher-kva.example"),
    ] {
        let import = imported(&system, &query, format!("First Name,Email\nEve,{address}\n")).await;
        assert_eq!(import["status"], "rejected", "{case}");
        let report = report(&system, import["id"].as_str().expect("an id")).await;
        assert_eq!(server_issues(&report), [(1, "email".into(), "already_exists".into())], "{case}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_imports_of_the_same_people_at_once_exactly_one_is_whole() {
    let system = System::start(8).await;
    let text = sheet("both", 400);
    let query = "profile=technician";
    let (one, two) = tokio::join!(paste(&system, query, text.as_str()), paste(&system, query, text.as_str()));
    let (one, two) = (one.text_of("id"), two.text_of("id"));
    let (one, two) = tokio::join!(settled(&system, &one), settled(&system, &two));
    let mut ends = [one["status"].as_str().expect("a status"), two["status"].as_str().expect("a status")];
    ends.sort_unstable();
    // Each may have met names that the other held at that moment: then both are rejected, whole.
    assert!(ends == ["finished", "rejected"] || ends == ["rejected", "rejected"], "{ends:?}");
    let wanted = if ends[0] == "finished" { 400 } else { 0 };
    assert_eq!(users(&system, "q=both").await.len(), wanted);
    if wanted == 0 {
        assert_eq!(imported(&system, query, text).await["status"], "finished", "nothing was left behind");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_may_come_twice_and_in_any_order_and_nothing_runs_before_all_are_there() {
    let system = System::start(9).await;
    let root = system.root();
    let open = json!({"chunks": 3, "total_rows": 25});
    let staged = system.post(&root, "/v1/imports?profile=technician", open).await;
    assert_eq!((staged.status, staged.json["status"].as_str()), (201, Some("staged")), "{staged:?}");
    let id = staged.text_of("id");
    let put = async |number: usize, rows: Vec<Value>| {
        let request = Request::new("PUT", format!("/v1/imports/{id}/chunks/{number}")).json(&json!({"rows": rows}));
        system.send(&root, request).await
    };
    let commit = async || system.post(&root, format!("/v1/imports/{id}/commit"), json!({})).await;
    assert_eq!(put(2, rows("c", 20, 5)).await.json, json!({"chunk": 2, "rows": 5}));
    let early = commit().await;
    assert_eq!((early.outcome(), &early.json["missing"]), ((409, "chunks_missing"), &json!([0, 1])));
    assert_eq!(put(0, rows("c", 0, 10)).await.status, 200);
    assert_eq!(put(0, rows("c", 0, 10)).await.json, json!({"chunk": 0, "rows": 10}), "the same again");
    assert_eq!(put(0, rows("d", 0, 10)).await.outcome(), (409, "chunk_differs"));
    assert_eq!(put(3, rows("c", 0, 10)).await.outcome(), (400, "parameter_not_valid"));
    assert_eq!(put(1, rows("c", 10, 1001)).await.outcome(), (400, "body_not_json"));
    assert_eq!(put(1, vec![json!({"first_name": "J0hn"})]).await.outcome(), (422, "import_refused"));
    assert_eq!(put(1, rows("c", 10, 10)).await.status, 200);
    assert_eq!(users(&system, "q=c1").await.len(), 0, "nothing runs before the commit");
    let (first, second) = (commit().await, commit().await);
    assert_eq!((first.status, second.status), (202, 202), "{first:?} {second:?}");
    assert_eq!(put(1, rows("c", 10, 10)).await.outcome(), (409, "import_not_staged"));
    let import = settled(&system, &id).await;
    assert_eq!((&import["status"], &import["counts"]["imported"]), (&json!("finished"), &json!(25)));
    assert_eq!(commit().await.status, 202, "repeated when all is done");
    assert_eq!(users(&system, "q=c").await.len(), 25);
    let late = system.post(&root, format!("/v1/imports/{id}/cancel"), json!({})).await;
    assert_eq!(late.outcome(), (409, "import_not_cancellable"));
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_hold_as_many_rows_as_were_announced() {
    let system = System::start(10).await;
    let root = system.root();
    let staged = system.post(&root, "/v1/imports?profile=technician", json!({"chunks": 1, "total_rows": 9})).await;
    let id = staged.text_of("id");
    let put = Request::new("PUT", format!("/v1/imports/{id}/chunks/0")).json(&json!({"rows": rows("n", 0, 8)}));
    assert_eq!(system.send(&root, put).await.status, 200);
    let commit = system.post(&root, format!("/v1/imports/{id}/commit"), json!({})).await;
    assert_eq!(commit.outcome(), (409, "rows_missing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_import_takes_no_more_rows_and_leaves_nothing() {
    let system = System::start(11).await;
    let root = system.root();
    let staged = system.post(&root, "/v1/imports?profile=technician", json!({"chunks": 2, "total_rows": 20})).await;
    let id = staged.text_of("id");
    let put = Request::new("PUT", format!("/v1/imports/{id}/chunks/0")).json(&json!({"rows": rows("k", 0, 10)}));
    assert_eq!(system.send(&root, put.clone()).await.status, 200);
    let cancel = async || system.post(&root, format!("/v1/imports/{id}/cancel"), json!({})).await;
    assert_eq!(cancel().await.status, 202);
    assert_eq!(settled(&system, &id).await["status"], "cancelled");
    assert_eq!(cancel().await.status, 202, "repeated");
    assert_eq!(system.send(&root, put).await.outcome(), (409, "import_not_staged"));
    let commit = system.post(&root, format!("/v1/imports/{id}/commit"), json!({})).await;
    assert_eq!(commit.outcome(), (409, "import_not_staged"));
    assert_eq!(imported(&system, "profile=technician", sheet("k", 10)).await["status"], "finished");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_nobody_commits_is_cancelled_after_a_day() {
    let system = System::start(12).await;
    let staged =
        system.post(&system.root(), "/v1/imports?profile=technician", json!({"chunks": 1, "total_rows": 5})).await;
    system.server.advance("PT25H").await.expect("a duration");
    let import = settled(&system, &staged.text_of("id")).await;
    assert_eq!(
        (&import["status"], &import["problem"]["code"]),
        (&json!("cancelled"), &json!("commit_deadline_passed"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_change_meanwhile_are_noticed_at_every_step() {
    let system = System::start(13).await;
    let root = system.root();
    let acme = system.organization("Import Acme").await;
    let query = format!("profile=modern&organization={acme}&role=organization_user");
    let profile = system.get(&root, format!("/v1/import-profiles/modern?organization={acme}")).await.json;
    let body = json!({"chunks": 2, "total_rows": 20, "profile_hash": profile["hash"]});
    let staged = system.post(&root, format!("/v1/imports?{query}"), body.clone()).await;
    assert_eq!(staged.status, 201, "{staged:?}");
    let id = staged.text_of("id");
    let put = async |number: usize| {
        let body = json!({"rows": rows("r", number * 10, 10)});
        system.send(&root, Request::new("PUT", format!("/v1/imports/{id}/chunks/{number}")).json(&body)).await
    };
    let commit = async || system.post(&root, format!("/v1/imports/{id}/commit"), json!({})).await;
    assert_eq!((put(0).await.status, put(1).await.status), (200, 200));
    // The organization's default country is part of the effective profile.
    let table = aws_sdk_dynamodb::Client::new(system.server.operator());
    let set_country = async |country: &str| {
        table
            .update_item()
            .table_name(system.server.table())
            .key("pk", aws_sdk_dynamodb::types::AttributeValue::S(format!("ORGANIZATION#{acme}")))
            .key("sk", aws_sdk_dynamodb::types::AttributeValue::S("ORGANIZATION".into()))
            .update_expression("SET default_country = :country")
            .expression_attribute_values(":country", aws_sdk_dynamodb::types::AttributeValue::S(country.into()))
            .send()
            .await
            .expect("an update");
    };
    set_country("DE").await;
    assert_eq!(put(1).await.outcome(), (409, "rules_changed"));
    assert_eq!(commit().await.outcome(), (409, "rules_changed"));
    assert_eq!(system.post(&root, format!("/v1/imports?{query}"), body).await.outcome(), (409, "rules_changed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn yesterdays_list_again_skips_who_is_here_and_adds_who_is_new() {
    let system = System::start(14).await;
    imported(&system, "profile=technician", sheet("y", 12)).await;
    let import = imported(&system, "profile=technician&on_existing=skip", sheet("y", 15)).await;
    assert_eq!(import["status"], "finished");
    assert_eq!(import["counts"], json!({"rows": 15, "imported": 3, "updated": 0, "skipped": 12, "failed": 0}));
    let report = report(&system, import["id"].as_str().expect("an id")).await;
    assert_eq!(report["results"], json!({"imported": 3, "updated": 0, "skipped": 12, "failed": 0}));
    assert!(server_issues(&report).iter().all(|(_, _, code)| code == "already_exists"));
    // People of another organization yield only that their address is taken.
    let acme = system.organization("Import Acme").await;
    let query = format!("profile=end-user&organization={acme}&role=organization_user&on_existing=skip");
    let import = imported(&system, &query, sheet("y", 2)).await;
    assert_eq!((&import["status"], &import["counts"]["failed"]), (&json!("rejected"), &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partial_import_lands_the_good_rows_and_says_what_became_of_the_others() {
    let system = System::start(15).await;
    let root = system.root();
    let acme = system.organization("Import Acme").await;
    let query = format!("profile=modern&organization={acme}&mode=partial");
    imported(&system, &format!("{query}&role=organization_user"), "First Name,Email\nAna,m3@example.com\n").await;
    let staged = system.post(&root, format!("/v1/imports?{query}"), json!({"chunks": 2, "total_rows": 12})).await;
    let id = staged.text_of("id");
    let with_role = |mut rows: Vec<Value>| {
        for row in &mut rows {
            row["role"] = json!(["Organization User"]);
        }
        rows
    };
    let mut first = with_role(rows("m", 0, 6));
    first[1]["email"] = json!("not an address");
    first[4].as_object_mut().expect("a row").remove("role");
    // m0 stands in both chunks: both rows are refused.
    let mut second = with_role(rows("m", 6, 6));
    second[5]["email"] = json!("M0@example.com");
    for (number, rows) in [first, second].into_iter().enumerate() {
        let put = Request::new("PUT", format!("/v1/imports/{id}/chunks/{number}")).json(&json!({"rows": rows}));
        let answer = system.send(&root, put).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    assert_eq!(system.post(&root, format!("/v1/imports/{id}/commit"), json!({})).await.status, 202);
    let import = settled(&system, &id).await;
    assert_eq!(import["status"], "finished");
    assert_eq!(import["counts"], json!({"rows": 12, "imported": 7, "updated": 0, "skipped": 0, "failed": 5}));
    let report = report(&system, &id).await;
    let issue = |row: u64, field: &str, code: &str| (row, field.to_owned(), code.to_owned());
    assert_eq!(
        server_issues(&report),
        [
            issue(1, "email", "duplicate_in_import"),
            issue(4, "email", "already_exists"),
            issue(5, "role", "role_required"),
            issue(12, "email", "duplicate_in_import"),
        ]
    );
    assert_eq!(report["report"]["rows"][0]["row"], 2, "the validator's part is there too");
    assert_eq!(users(&system, &format!("organization={acme}&q=m")).await.len(), 8);
    // The rows that failed hold no name.
    let again =
        imported(&system, &format!("{query}&role=organization_user"), "First Name,Email\nEve,m0@example.com\n").await;
    assert_eq!(again["counts"]["imported"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_is_the_same_import() {
    let system = System::start(16).await;
    let root = system.root();
    let post = async |text: String| {
        let request = Request::new("POST", "/v1/imports?profile=technician")
            .header("idempotency-key", "one")
            .body("text/csv", text);
        system.send(&root, request).await
    };
    let (first, second) = (post(sheet("i", 5)).await, post(sheet("i", 5)).await);
    assert_eq!((first.status, second.status), (202, 202), "{second:?}");
    assert_eq!(first.text_of("id"), second.text_of("id"));
    assert_eq!(post(sheet("j", 5)).await.outcome(), (422, "idempotency_key_reused"));
    assert_eq!(settled(&system, &first.text_of("id")).await["status"], "finished");
    assert_eq!(users(&system, "q=i").await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_away_more_than_they_have() {
    let system = System::start(17).await;
    let technician = system.person(json!({"kind": "technician", "roles": ["technician"]})).await;
    let send = async |query: &str, text: &str| {
        let request = Request::new("POST", format!("/v1/imports?profile=technician{query}")).body("text/csv", text);
        system.send(&technician.caller, request).await
    };
    let plain = "First Name,Last Name,Email\nAna,Li,ana@example.com\n";
    assert_eq!(send("&role=system_administrator", plain).await.outcome(), (403, "permission_denied"));
    let given = "First Name,Last Name,Email,Role\nAna,Li,ana@example.com,System Administrator\n";
    let answer = send("", given).await;
    assert_eq!(answer.outcome(), (422, "import_refused"), "{answer:?}");
    assert_eq!(server_issues(&answer.json), [(1, "role".into(), "role_not_grantable".into())]);
    assert_eq!(send("&role=technician", plain).await.status, 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn technicians_are_limited_to_the_organizations_that_their_row_names() {
    let system = System::start(18).await;
    let acme = system.organization("Import Acme").await;
    let beta = system.organization("Import Beta").await;
    let text = "First Name,Last Name,Email,Organizations\nAna,Li,ana@example.com,Import Acme\nBob,Li,bob@example.com,Nowhere\n";
    let answer = paste(&system, "profile=technician", text).await;
    assert_eq!(answer.outcome(), (422, "import_refused"), "{answer:?}");
    assert_eq!(server_issues(&answer.json), [(2, "organizations".into(), "organization_not_found".into())]);
    let text = "First Name,Last Name,Email,Organizations,Role\nAna,Li,ana@example.com,Import Acme,Technician\n";
    assert_eq!(imported(&system, "profile=technician", text).await["status"], "finished");
    let link = system.invitation_path("ana@example.com").await;
    let body = json!({"password": "a long enough phrase", "phone": "+4915112345678"});
    let accepted = system.post(&Caller::Nobody, format!("{link}/accept"), body).await;
    let code = system.totp_code(&accepted.text_of("totp_secret"));
    let done = system.post(&Caller::Nobody, format!("{link}/verify"), json!({"code": code})).await;
    let me = system.get(&done.session().expect("a session"), "/v1/me").await;
    assert_eq!(me.json["organizations"], json!([acme]), "{me:?}");

    // The same of rows that come in chunks, which name more than one.
    let open = json!({"chunks": 1, "total_rows": 2});
    let staged = system.post(&system.root(), "/v1/imports?profile=technician", open).await;
    let id = staged.text_of("id");
    let row = |name: &str, organizations: Value| {
        json!({"first_name": name, "last_name": "Li", "email": format!("{name}@example.com"), "role": ["Technician"],
            "organizations": organizations})
    };
    let stage = async |first: Value| {
        let rows = json!({"rows": [row("Cleo", first), row("Dan", json!(["Import Beta"]))]});
        system.send(&system.root(), Request::new("PUT", format!("/v1/imports/{id}/chunks/0")).json(&rows)).await
    };
    let refused = stage(json!(["Import Acme", "Nowhere"])).await;
    assert_eq!(server_issues(&refused.json), [(1, "organizations".into(), "organization_not_found".into())]);
    assert_eq!(stage(json!(["Import Acme", "Import Beta"])).await.status, 200);
    let committed = system.post(&system.root(), format!("/v1/imports/{id}/commit"), json!({})).await;
    assert_eq!(committed.status, 202, "{committed:?}");
    assert_eq!(settled(&system, &id).await["status"], "finished");
    for (email, wanted) in [("Cleo@example.com", vec![&acme, &beta]), ("Dan@example.com", vec![&beta])] {
        let found = users(&system, &format!("q={email}")).await;
        let mut wanted: Vec<Value> = wanted.into_iter().map(|id| json!(id)).collect();
        wanted.sort_by_key(ToString::to_string);
        let mut scope = found[0]["organizations"].as_array().cloned().unwrap_or_default();
        scope.sort_by_key(ToString::to_string);
        assert_eq!(scope, wanted, "{email}: {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_are_listed_newest_first_in_pages() {
    let system = System::start(19).await;
    let root = system.root();
    let acme = system.organization("Import Acme").await;
    let mut made = Vec::new();
    for number in 0..5 {
        let organization = format!("&organization={acme}&role=organization_user");
        let query =
            if number % 2 == 0 { "profile=technician".to_owned() } else { format!("profile=end-user{organization}") };
        let import = imported(&system, &query, sheet(&format!("l{number}x"), 1)).await;
        made.insert(0, import["id"].clone());
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = system.get(&root, format!("/v1/imports?limit=2{cursor}")).await.json;
        seen.extend(page["items"].as_array().expect("items").iter().map(|import| import["id"].clone()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, made);
    let of_acme = system.get(&root, format!("/v1/imports?organization={acme}")).await.json;
    let of_acme: Vec<_> = of_acme["items"].as_array().expect("items").iter().map(|import| &import["id"]).collect();
    assert_eq!(of_acme, [&made[1], &made[3]]);
    let profiles = system.get(&root, "/v1/import-profiles").await.json;
    let ids: Vec<_> = profiles["items"].as_array().expect("items").iter().map(|profile| &profile["id"]).collect();
    assert_eq!(ids, ["modern", "technician", "end-user", "portal-user", "organization-user", "member"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_appear_at_once_or_not_at_all() {
    let system = System::start(21).await;
    let root = system.root();
    let acme = system.organization("Import Acme").await;
    let query = format!("profile=end-user&organization={acme}&role=organization_user");
    let count = async || {
        let all = system.get(&root, "/v1/organizations").await.json;
        let found = all["items"].as_array().expect("items").iter().find(|each| each["id"] == acme.as_str()).cloned();
        found.expect("the organization")["counts"]["users"].as_u64().expect("a count")
    };
    let began = Instant::now();
    let started = paste(&system, &query, sheet("big", 5_000)).await;
    assert_eq!(started.status, 202, "{started:?}");
    let id = started.text_of("id");
    let answered = began.elapsed();
    let mut committed = None;
    loop {
        let import = system.get(&root, format!("/v1/imports/{id}")).await.json;
        let listed = system.get(&root, format!("/v1/users?organization={acme}&limit=100")).await.json;
        let (counted, listed) = (count().await, listed["items"].as_array().map_or(0, Vec::len));
        assert!(counted == 0 || counted == 5_000, "{counted} are counted");
        assert!(listed == 0 || listed == 100, "{listed} are on the first page");
        if import["visibility"] == "committed" {
            committed.get_or_insert_with(|| began.elapsed());
            assert_eq!(counted, 5_000);
        }
        if !import["finished_at"].is_null() {
            assert_eq!(import["status"], "finished", "{import}");
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(600), "{import}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    println!(
        "5,000 rows: answered after {answered:?}, committed after {:?}, finished after {:?}",
        committed.unwrap_or_default(),
        began.elapsed()
    );
    let everybody = users(&system, &format!("organization={acme}")).await;
    assert_eq!(everybody.len(), 5_000);
    assert!(everybody.iter().all(|user| user["invitation"]["generation"] == 1 && user["status"] == "invited"));

    // One more sheet, one of its addresses taken: nothing of it is left, and the row is named.
    let mut text = sheet("more", 4_999);
    text.push_str("Zed\tTester\tBIG77@example.com\n");
    let began = Instant::now();
    let import = imported(&system, &query, text).await;
    println!("5,000 rows with one taken: rejected after {:?}", began.elapsed());
    assert_eq!((&import["status"], &import["counts"]["failed"]), (&json!("rejected"), &json!(1)));
    let report = report(&system, import["id"].as_str().expect("an id")).await;
    assert_eq!(server_issues(&report), [(5_000, "email".into(), "already_exists".into())]);
    assert_eq!(count().await, 5_000);
    assert_eq!(users(&system, &format!("organization={acme}&q=more")).await.len(), 0);
}
