//! /v1/imports with workbooks and files in pieces, and the failed rows as files that come back.

use std::collections::BTreeMap;

use rollcall_http_api::table::{Format, Table};
use rollcall_tests::imports::{imported, paste, server_issues, settled, users};
use rollcall_tests::system::{Answer, Request, System};
use serde_json::{Value, json};

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn sheet(rows: &[[&str; 3]]) -> Vec<u8> {
    let rows = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
    let table = Table { name: "People", titles: &["First Name", "Last Name", "Email"], rows };
    table.file(Format::Xlsx).expect("a workbook")
}

async fn send(system: &System, query: &str, media_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    let request = Request::new("POST", format!("/v1/imports?{query}")).body(media_type, body);
    system.send(&system.root(), request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_gets_the_verdicts_of_the_same_sheet_as_text() {
    let system = System::start(61).await;
    let people = [["Ana", "Li", "ana@example.com"], ["Bo", "Roy", "bo@example.com"]];
    for media_type in [WORKBOOK, "application/octet-stream"] {
        let dry = send(&system, "profile=technician&dry_run=true", media_type, sheet(&people)).await;
        assert_eq!((dry.status, &dry.json["report"]["verdict"]), (200, &json!("accepted")), "{dry:?}");
        let source = &dry.json["report"]["source"];
        assert_eq!((&source["format"], &source["sheet"]), (&json!("xlsx"), &json!("People")), "{source}");
    }
    let refused = send(&system, "profile=technician", WORKBOOK, sheet(&[["Ana", "Li", "ana@"]])).await;
    let text = paste(&system, "profile=technician", "First Name\tLast Name\tEmail\nAna\tLi\tana@\n").await;
    assert_eq!(refused.outcome(), (422, "import_refused"));
    assert_eq!(refused.json["report"]["rows"], text.json["report"]["rows"], "the same verdicts");
    let nowhere = send(&system, "profile=technician&sheet=Nowhere", WORKBOOK, sheet(&people)).await;
    assert_eq!(nowhere.outcome(), (422, "import_refused"), "{nowhere:?}");
    let started = send(&system, "profile=technician&sheet=People", WORKBOOK, sheet(&people)).await;
    assert_eq!(started.status, 202, "{started:?}");
    assert_eq!(settled(&system, &started.text_of("id")).await["counts"]["imported"], 2);
    assert_eq!(users(&system, "q=bo@example.com").await.len(), 1);
}

/// The failed rows of an import as a file.
async fn failed(system: &System, id: &str, format: &str, query: &str) -> Answer {
    let request = Request::new("GET", format!("/v1/imports/{id}/report?format={format}{query}"));
    let request = if format == "xlsx" { request.header("accept", WORKBOOK) } else { request };
    let answer = system.send(&system.root(), request).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_rows_come_back_repaired_and_only_they_are_imported() {
    let system = System::start(62).await;
    let acme = system.organization("Files Acme").await;
    let query = format!("profile=modern&organization={acme}&role=organization_user&mode=partial");
    imported(&system, &query, "First Name,Email\nAna,ana@example.com\n").await;
    // One who is here, one that the validator refuses, and two good ones.
    let text =
        "Vorname;E-Mail;Phone\nAna;ana@example.com;\nBo;bo@example.com;'+4915112345678\n=Cy;cy@;\nDi;di@example.com;\n";
    let import = imported(&system, &query, text).await;
    assert_eq!(import["counts"], json!({"rows": 4, "imported": 2, "updated": 0, "skipped": 0, "failed": 2}));
    let id = import["id"].as_str().expect("an id");
    let csv = failed(&system, id, "csv", "").await;
    assert!(csv.headers["content-disposition"].contains("failed.csv"), "{csv:?}");
    assert!(!csv.headers.contains_key("x-next-row"), "all of it");
    let lines: Vec<&str> = csv.text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].starts_with("Vorname,E-Mail,") && lines[0].ends_with("Rollcall row,Rollcall errors"), "{lines:?}");
    assert!(lines[1].starts_with("Ana,ana@example.com,"), "{lines:?}");
    assert!(lines[2].starts_with("'=Cy,cy@,"), "nothing that a spreadsheet would run: {lines:?}");
    // Nothing repaired: the same verdicts on the same rows.
    let again = send(&system, &format!("{query}&dry_run=true"), "text/csv", csv.text.clone()).await;
    assert_eq!(server_issues(&again.json), [(1, "email".into(), "already_exists".into())], "{again:?}");
    let rows = again.json["report"]["rows"].as_array().expect("rows");
    let refused: Vec<&Value> = rows.iter().filter(|row| row["status"] == "refused").collect();
    assert_eq!((refused.len(), &refused[0]["row"]), (1, &json!(3)), "{rows:?}");
    let repaired = csv.text.replace("ana@example.com", "anna@example.com").replace("'=Cy,cy@,", "Cy,cy@example.com,");
    let import = imported(&system, &query, repaired).await;
    assert_eq!(import["counts"], json!({"rows": 2, "imported": 2, "updated": 0, "skipped": 0, "failed": 0}));

    // A workbook of the same: read by the importer as it is.
    let xlsx = failed(&system, id, "xlsx", "").await;
    assert_eq!(xlsx.headers["content-type"], WORKBOOK);
    assert!(xlsx.text.starts_with("PK"), "a zip archive");
    let bad = system.get(&system.root(), format!("/v1/imports/{id}/report?format=pdf")).await;
    assert_eq!(bad.outcome(), (400, "parameter_not_valid"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_rejected_imports_and_rows_that_only_the_server_refuses_are_given_back_too() {
    let system = System::start(63).await;
    imported(&system, "profile=technician", "First Name,Last Name,Email\nAna,Li,ana@example.com\n").await;
    let text = "First Name,Last Name,Email\nAna,Li,ana@example.com\nBo,Roy,bo@example.com\n";
    let rejected = imported(&system, "profile=technician", text).await;
    assert_eq!(rejected["status"], "rejected");
    let csv = failed(&system, rejected["id"].as_str().expect("an id"), "csv", "").await.text;
    assert!(csv.contains("Ana,Li,ana@example.com,1,") && !csv.contains("Bo,Roy"), "{csv}");
    // Chunks of rows have no titles of their own.
    let acme = system.organization("Files Acme").await;
    let query = format!("profile=modern&organization={acme}&mode=partial&role=organization_user");
    let root = system.root();
    let staged = system.post(&root, format!("/v1/imports?{query}"), json!({"chunks": 1, "total_rows": 2})).await;
    let id = staged.text_of("id");
    let rows = json!({"rows": [
        {"row": 7, "first_name": "Eve", "email": "eve@example.com", "properties": ["Shoe=44"]},
        {"row": 9, "first_name": "Fay", "email": "fay@example.com"},
    ]});
    let put = Request::new("PUT", format!("/v1/imports/{id}/chunks/0")).json(&rows);
    assert_eq!(system.send(&root, put).await.status, 200);
    assert_eq!(system.post(&root, format!("/v1/imports/{id}/commit"), json!({})).await.status, 202);
    assert_eq!(settled(&system, &id).await["counts"]["failed"], 1);
    let csv = failed(&system, &id, "csv", "").await.text;
    assert!(csv.contains("Eve") && csv.contains("Shoe=44") && csv.contains(",7,") && !csv.contains("Fay"), "{csv}");
    assert_eq!(failed(&system, &id, "csv", "&from_row=8").await.text.lines().count(), 1, "the titles only");
}

/// Announces a file in pieces of so many bytes and sends those that are asked for.
async fn announced(system: &System, query: &str, file: &[u8], size: usize) -> (String, BTreeMap<usize, Vec<u8>>) {
    let pieces: BTreeMap<usize, Vec<u8>> = file.chunks(size).map(<[u8]>::to_vec).enumerate().collect();
    let body = json!({"source_bytes": file.len(), "source_pieces": pieces.len()});
    let staged = system.post(&system.root(), format!("/v1/imports?{query}"), body).await;
    assert_eq!((staged.status, staged.json["status"].as_str()), (201, Some("staged")), "{staged:?}");
    (staged.text_of("id"), pieces)
}

async fn put(system: &System, id: &str, number: usize, bytes: &[u8]) -> Answer {
    let request = Request::new("PUT", format!("/v1/imports/{id}/source/{number}"));
    system.send(&system.root(), request.body("application/octet-stream", bytes)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_pieces_is_one_file_and_every_step_may_be_repeated() {
    let system = System::start(64).await;
    let root = system.root();
    let letters =
        |number: usize| -> String { number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect() };
    let mut text = String::from("First Name,Last Name,Email\n");
    for number in 0..2_500 {
        text.push_str(&format!("N{},Tester,piece{number}@example.com\n", letters(number)));
    }
    let (id, pieces) = announced(&system, "profile=technician", text.as_bytes(), 40_000).await;
    assert!(pieces.len() > 2, "{}", pieces.len());
    let commit = async |id: &str| system.post(&root, format!("/v1/imports/{id}/commit"), json!({})).await;
    assert_eq!(put(&system, &id, 1, &pieces[&1]).await.json, json!({"piece": 1, "bytes": 40_000}));
    assert_eq!(put(&system, &id, 1, &pieces[&1]).await.status, 200, "the same again");
    assert_eq!(put(&system, &id, 1, &pieces[&0]).await.outcome(), (409, "piece_differs"));
    assert_eq!(put(&system, &id, 99, &pieces[&0]).await.outcome(), (400, "parameter_not_valid"));
    assert_eq!(put(&system, &id, 0, b"").await.outcome(), (400, "body_not_json"));
    let early = commit(&id).await;
    assert_eq!((early.outcome(), &early.json["missing"][0]), ((409, "chunks_missing"), &json!(0)));
    let missing = system.get(&root, format!("/v1/imports/{id}")).await.json["staged"]["missing"].clone();
    assert_eq!(missing.as_array().map(Vec::len), Some(pieces.len() - 1), "{missing}");
    for (number, bytes) in &pieces {
        assert_eq!(put(&system, &id, *number, bytes).await.status, 200);
    }
    let chunk = Request::new("PUT", format!("/v1/imports/{id}/chunks/0")).json(&json!({"rows": [{}]}));
    assert_eq!(system.send(&root, chunk).await.outcome(), (409, "import_staged_otherwise"));
    let (first, second) = (commit(&id).await, commit(&id).await);
    assert_eq!((first.status, second.status), (202, 202), "{first:?} {second:?}");
    let import = settled(&system, &id).await;
    assert_eq!(import["counts"], json!({"rows": 2500, "imported": 2500, "updated": 0, "skipped": 0, "failed": 0}));
    assert_eq!(put(&system, &id, 0, &pieces[&0]).await.status, 409, "nothing is taken any more");
    let table = aws_sdk_dynamodb::Client::new(system.server.operator());
    let left = table.scan().table_name(system.server.table()).filter_expression("kind IN (:piece, :source)");
    let left = left
        .expression_attribute_values(":piece", aws_sdk_dynamodb::types::AttributeValue::S("import_piece".into()))
        .expression_attribute_values(":source", aws_sdk_dynamodb::types::AttributeValue::S("import_source".into()));
    let mut pages = left.into_paginator().send();
    while let Some(page) = pages.next().await {
        assert_eq!(page.expect("a page").count, 0, "the file is gone when nothing is left to do");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_pieces_that_is_refused_stays_staged_and_sizes_are_what_was_announced() {
    let system = System::start(65).await;
    let root = system.root();
    let file = sheet(&[["Ana", "Li", "ana@example.com"], ["B0", "Roy", "bo@example.com"]]);
    let (id, pieces) = announced(&system, "profile=technician&sheet=People", &file, 2_000).await;
    for (number, bytes) in &pieces {
        assert_eq!(put(&system, &id, *number, bytes).await.status, 200);
    }
    let commit = system.post(&root, format!("/v1/imports/{id}/commit"), json!({})).await;
    assert_eq!((commit.outcome(), &commit.json["report"]["rows"][0]["row"]), ((422, "import_refused"), &json!(2)));
    assert_eq!(system.get(&root, format!("/v1/imports/{id}")).await.json["status"], "staged");
    let body = json!({"source_bytes": 5, "source_pieces": 1});
    let short = system.post(&root, "/v1/imports?profile=technician", body).await.text_of("id");
    assert_eq!(put(&system, &short, 0, b"Firs").await.status, 200);
    let commit = system.post(&root, format!("/v1/imports/{short}/commit"), json!({})).await;
    assert_eq!(commit.outcome(), (409, "bytes_missing"));
    for (case, body, wanted) in [
        ("nothing", json!({"source_bytes": 0, "source_pieces": 1}), (400, "parameter_not_valid")),
        ("too much", json!({"source_bytes": 52_428_801, "source_pieces": 13}), (413, "body_too_large")),
        ("too few pieces", json!({"source_bytes": 9_000_000, "source_pieces": 2}), (400, "parameter_not_valid")),
        ("too many", json!({"source_bytes": 9_000, "source_pieces": 501}), (400, "parameter_not_valid")),
        ("both", json!({"source_bytes": 9, "source_pieces": 1, "chunks": 1}), (400, "body_not_json")),
    ] {
        let answer = system.post(&root, "/v1/imports?profile=technician", body).await;
        assert_eq!(answer.outcome(), wanted, "{case}: {answer:?}");
    }
}
