//! infra/template.yaml against the route table, functions/ and the functions' sources. The dev server and the cloud both
//! do what it says; these tests say where it would say nonsense.

use std::collections::{BTreeMap, BTreeSet};

use rollcall_http_api::ROUTES;
use rollcall_tests::template::{Function, Statement, Template};
use rollcall_tests::workspace::{files, root, text};
use serde_json::{Value, json};

fn folders() -> BTreeSet<String> {
    let manifests = files(&root().join("functions"), &["Cargo.toml"]);
    manifests
        .iter()
        .filter_map(|manifest| manifest.parent()?.file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

fn by_operation(template: &Template) -> BTreeMap<String, Function<'_>> {
    template.functions().into_values().map(|function| (function.operation.clone(), function)).collect()
}

#[test]
fn every_function_folder_is_deployed_and_nothing_else() {
    let template = Template::read();
    let deployed: BTreeSet<String> = by_operation(&template).into_keys().collect();
    assert_eq!(deployed, folders());
}

#[test]
fn routes_are_those_of_the_route_table() {
    let template = Template::read();
    let mut deployed = BTreeSet::new();
    for (id, function) in template.functions() {
        let (kind, event) = function.event();
        if kind == "Api" {
            assert_eq!(event["RestApiId"], json!({"!Ref": "Api"}), "{id}");
            let method = event["Method"].as_str().expect("a method").to_uppercase();
            deployed.insert((function.operation, method, event["Path"].as_str().expect("a path").to_owned()));
        }
    }
    let table: BTreeSet<_> = ROUTES
        .iter()
        .map(|route| (route.operation.to_owned(), route.method.to_string(), route.path.to_owned()))
        .collect();
    assert_eq!(deployed, table);
}

#[test]
fn workers_are_started_as_designed() {
    let template = Template::read();
    let expected: BTreeMap<&str, &str> = [
        ("run-import", "DynamoDB"),
        ("deliver-mail", "DynamoDB"),
        ("deliver-bulk", "rate(1 minute)"),
        ("expire-invitations", "rate(5 minutes)"),
        ("sweep-mail", "rate(1 minute)"),
        ("sweep-imports", "rate(1 minute)"),
        ("record-delivery", "EventBridgeRule"),
    ]
    .into();
    let mut found = BTreeMap::new();
    for (operation, function) in by_operation(&template) {
        let (kind, event) = function.event();
        match kind {
            "Api" => {}
            "ScheduleV2" => {
                found.insert(operation, event["ScheduleExpression"].as_str().expect("an expression").to_owned());
            }
            other => {
                found.insert(operation, other.to_owned());
            }
        }
    }
    assert_eq!(found, expected.into_iter().map(|(operation, how)| (operation.to_owned(), how.to_owned())).collect());
}

#[test]
fn streams_wake_workers_only_for_what_they_take() {
    let template = Template::read();
    let functions = by_operation(&template);
    let image = |image: Value| json!({"eventName": ["INSERT"], "dynamodb": {"NewImage": image}});
    let rows = [
        ("run-import", image(json!({"kind": {"S": ["import_tick"]}}))),
        ("deliver-mail", image(json!({"kind": {"S": ["mail"]}, "lane": {"S": ["now"]}}))),
    ];
    for (operation, expected) in rows {
        let (_, event) = functions[operation].event();
        let filters = event["FilterCriteria"]["Filters"].as_array().expect("filters");
        let patterns: Vec<Value> = filters
            .iter()
            .map(|filter| serde_json::from_str(filter["Pattern"].as_str().expect("a pattern")).expect("JSON"))
            .collect();
        assert_eq!(patterns, [expected], "{operation}");
        assert_eq!(event["Stream"], json!({"!GetAtt": "Table.StreamArn"}), "{operation}");
        assert_eq!(event["BisectBatchOnFunctionError"], true, "{operation}");
        let retries = event["MaximumRetryAttempts"].as_i64().expect("a number of retries");
        assert!((1..=20).contains(&retries), "{operation}: a poisonous record must not block its shard");
        assert_eq!(event["DestinationConfig"]["OnFailure"]["Type"], "SQS", "{operation}");
    }
    let (_, import) = functions["run-import"].event();
    assert_eq!((&import["BatchSize"], &import["ParallelizationFactor"]), (&json!(1), &json!(10)));
    let (_, mail) = functions["deliver-mail"].event();
    assert_eq!(
        mail["FunctionResponseTypes"],
        json!(["ReportBatchItemFailures"]),
        "one failing mail does not send the others again"
    );
    let readers = functions.values().filter(|function| function.event().0 == "DynamoDB").count();
    assert_eq!(readers, 2, "AWS throttles a stream with more than two readers per shard");
}

#[test]
fn scheduled_runs_are_named_per_stage_and_never_vanish() {
    for (operation, function) in by_operation(&Template::read()) {
        let (kind, event) = function.event();
        if kind == "ScheduleV2" {
            assert_eq!(event["Name"], json!({"!Sub": format!("rollcall-${{Stage}}-{operation}")}));
            assert!(event["RetryPolicy"]["MaximumRetryAttempts"].is_i64(), "{operation}");
            assert_eq!(event["DeadLetterConfig"]["Arn"], json!({"!GetAtt": "ScheduleDeadLetters.Arn"}), "{operation}");
        }
    }
}

/// Paths hold tokens of mailed links, queries hold addresses.
#[test]
fn no_log_and_no_trace_has_the_path_of_a_request() {
    let template = Template::read();
    let api = template.properties("Api");
    assert_eq!(api["TracingEnabled"], json!(false), "the gateway's traces have the whole URL");
    for settings in api["MethodSettings"].as_array().expect("settings") {
        assert_eq!(settings["DataTraceEnabled"], json!(false), "{settings}");
    }
    let format = api["AccessLogSetting"]["Format"].as_str().expect("a format");
    for told in ["$context.path", "$context.identity", "$context.requestOverride", "$context.authorizer"] {
        assert!(!format.contains(told), "{format}");
    }
    let distribution = &template.properties("Console")["DistributionConfig"];
    assert!(distribution.is_object() && distribution["Logging"].is_null(), "{distribution}");
}

#[test]
fn delivery_events_of_this_stage_reach_their_recorder() {
    let template = Template::read();
    let functions = by_operation(&template);
    let (_, event) = functions["record-delivery"].event();
    assert_eq!(event["Pattern"]["source"], json!(["aws.ses"]));
    let set = &event["Pattern"]["detail"]["mail"]["tags"]["ses:configuration-set"];
    assert_eq!(set, &json!([{"!Ref": "ConfigurationSet"}]), "another stage's mail is not ours");
    let asked =
        template.properties("MailEvents")["EventDestination"]["MatchingEventTypes"].as_array().expect("types").len();
    let taken = event["Pattern"]["detail-type"].as_array().expect("types").len();
    assert_eq!(asked, taken, "what the mail service sends is what the function takes");
    // EventBridge hands events to Lambda and is done: what the function itself fails at ends in the function's own queue.
    let letters = json!({"!GetAtt": "MailEventDeadLetters.Arn"});
    let recorder = template.properties("RecordDeliveryFunction");
    assert_eq!((&event["DeadLetterConfig"]["Arn"], &recorder["DeadLetterQueue"]["TargetArn"]), (&letters, &letters));
}

#[test]
fn policies_name_single_actions_on_single_resources() {
    const TABLE_ACTIONS: &[&str] = &[
        "BatchGetItem",
        "BatchWriteItem",
        "ConditionCheckItem",
        "DeleteItem",
        "GetItem",
        "PartiQLDelete",
        "PartiQLInsert",
        "PartiQLSelect",
        "PartiQLUpdate",
        "PutItem",
        "Query",
        "UpdateItem",
    ];
    let template = Template::read();
    let table = json!({"!GetAtt": "Table.Arn"});
    let index = json!({"!Sub": "${Table.Arn}/index/due"});
    for (id, function) in template.functions() {
        for statement in function.statements() {
            if statement.whole["Effect"] == "Deny" {
                continue;
            }
            assert_eq!(statement.whole["Effect"], "Allow", "{id}");
            assert!(!statement.actions.is_empty() && !statement.resources.is_empty(), "{id}: {}", statement.whole);
            let unique: BTreeSet<_> = statement.actions.iter().collect();
            assert_eq!(unique.len(), statement.actions.len(), "{id} names an action twice");
            for action in &statement.actions {
                let (service, verb) = action.split_once(':').expect("service:Action");
                let resources = &statement.resources;
                match (service, verb) {
                    ("dynamodb", "Query") => assert!(
                        resources.iter().all(|resource| **resource == table || **resource == index),
                        "{id}: {action}"
                    ),
                    ("dynamodb", verb) if TABLE_ACTIONS.contains(&verb) => {
                        assert!(resources.iter().all(|resource| **resource == table), "{id}: {action}")
                    }
                    ("ses", "SendEmail") => {
                        let named: Vec<_> = resources.iter().filter_map(|resource| resource["!Sub"].as_str()).collect();
                        assert_eq!(named.len(), 2, "{id}: identity and configuration set");
                        assert!(
                            named[0].ends_with(":identity/${SenderIdentity}")
                                && named[1].ends_with(":configuration-set/${ConfigurationSet}"),
                            "{id}: {named:?}"
                        );
                    }
                    ("sms-voice", "SendTextMessage") => {
                        let named = &resources.iter().filter_map(|resource| resource.get("!If")).collect::<Vec<_>>();
                        assert_eq!((resources.len(), named.len()), (1, 1), "{id}: {resources:?}");
                        assert_eq!(named[0][1], json!({"!Ref": "TextOrigination"}), "{id}");
                        assert_eq!(statement.actions.len(), 1, "{id}");
                    }
                    // The only one: it has no resource to name.
                    ("ses", "GetAccount") => {
                        assert_eq!(statement.actions.len(), 1, "{id}: no other action on every resource")
                    }
                    _ => panic!(
                        "{id}: {action} is no action that a function of ours needs; wildcards and Scan least of all"
                    ),
                }
            }
        }
    }
}

#[test]
fn nobody_changes_the_audit_trail() {
    for (id, function) in Template::read().functions() {
        let statements = function.statements();
        let changing = ["dynamodb:UpdateItem", "dynamodb:DeleteItem"];
        let allowed = |statement: &&Statement<'_>| statement.whole["Effect"] == "Allow";
        if statements.iter().filter(allowed).any(|statement| statement.actions.iter().any(|a| changing.contains(a))) {
            let denied = statements.iter().find(|statement| statement.whole["Effect"] == "Deny");
            let denied = denied.unwrap_or_else(|| panic!("{id} lacks the statement AuditIsAppendOnly"));
            assert_eq!(denied.actions, changing, "{id}");
            assert_eq!(denied.resources, [&json!({"!GetAtt": "Table.Arn"})], "{id}");
            let keys = json!({"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["AUDIT*"]}});
            assert_eq!(denied.whole["Condition"], keys, "{id}");
        }
    }
}

#[test]
fn what_reads_only_may_only_read() {
    let template = Template::read();
    for (operation, function) in by_operation(&template) {
        let (kind, event) = function.event();
        if kind == "Api" && event["Method"] == "get" {
            let actions: Vec<_> =
                function.statements().iter().flat_map(|statement| statement.actions.clone()).collect();
            let writes: Vec<_> = actions
                .iter()
                .filter(|action| !["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"].contains(action))
                .collect();
            assert!(
                writes.is_empty(),
                "{operation} answers GET and may {writes:?}: mail scanners and browsers fetch links"
            );
        }
    }
}

#[test]
fn only_who_sends_mail_may() {
    let template = Template::read();
    for action in ["ses:SendEmail", "sms-voice:SendTextMessage"] {
        let senders: BTreeSet<String> = by_operation(&template)
            .into_iter()
            .filter(|(_, function)| function.statements().iter().any(|statement| statement.actions.contains(&action)))
            .map(|(operation, _)| operation)
            .collect();
        assert_eq!(senders, ["deliver-bulk", "deliver-mail", "sweep-mail"].map(str::to_owned).into(), "{action}");
    }
}

#[test]
fn functions_are_given_exactly_the_variables_they_read() {
    let template = Template::read();
    for (operation, function) in by_operation(&template) {
        let given: BTreeSet<String> = function.variables().into_keys().map(str::to_owned).collect();
        let mut read = BTreeSet::new();
        for source in files(&root().join("functions").join(&operation).join("src"), &[".rs"]) {
            read.extend(text(&source).split('"').filter(|word| is_variable(word)).map(str::to_owned));
        }
        assert_eq!(given, read, "{operation}: given by the template, read by the function");
    }
}

fn is_variable(word: &str) -> bool {
    word.starts_with("ROLLCALL_") && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

#[test]
fn the_key_behind_links_comes_from_the_secret_and_goes_where_links_are() {
    let template = Template::read();
    let expected = "${TokenKeyId}:{{resolve:secretsmanager:${TokenKey}:SecretString}}A,${PreviousTokenKeyId}:{{resolve:secretsmanager:${PreviousTokenKey}:SecretString}}A";
    let mut holders = BTreeSet::new();
    for (operation, function) in by_operation(&template) {
        if let Some(value) = function.variables().get("ROLLCALL_TOKEN_KEYS") {
            assert_eq!(**value, json!({"!Sub": expected}), "{operation}");
            holders.insert(operation);
        }
    }
    let expected = [
        "accept-invitation",
        "choose-password",
        // Passwords of sheets wait sealed under what follows from the key.
        "commit-import",
        "complete-password-reset",
        "confirm-email-change",
        "confirm-mfa",
        "create-user",
        "deliver-bulk",
        "deliver-mail",
        "get-email-change",
        "get-invitation",
        "get-password-reset",
        "renew-invitation",
        "run-import",
        "sign-in",
        "stage-chunk",
        "start-import",
        "sweep-mail",
        "verify-acceptance",
        "verify-enrolment",
        "verify-mfa",
    ];
    assert_eq!(holders, expected.map(str::to_owned).into());
    // 42 letters and digits and the A are 43 characters of base64url: 32 bytes.
    for secret in ["TokenKey", "PreviousTokenKey"] {
        let made = &template.properties(secret)["GenerateSecretString"];
        assert_eq!((&made["PasswordLength"], &made["ExcludePunctuation"]), (&json!(42), &json!(true)), "{secret}");
    }
}

#[test]
fn the_table_is_as_the_data_model_says() {
    let template = Template::read();
    let table = template.properties("Table");
    let key = |hash: &str, range: &str| json!([{"AttributeName": hash, "KeyType": "HASH"}, {"AttributeName": range, "KeyType": "RANGE"}]);
    assert_eq!(table["KeySchema"], key("pk", "sk"));
    let indexes = table["GlobalSecondaryIndexes"].as_array().expect("indexes");
    assert_eq!(indexes.len(), 1, "indexes lag: they only find due work, and one is enough for that");
    assert_eq!(indexes[0]["IndexName"], "due");
    assert_eq!(indexes[0]["KeySchema"], key("due_pk", "due_at"));
    assert_eq!(table["TimeToLiveSpecification"], json!({"AttributeName": "ttl", "Enabled": true}));
    assert_eq!(table["StreamSpecification"]["StreamViewType"], "NEW_AND_OLD_IMAGES");
    assert_eq!(table["BillingMode"], "PAY_PER_REQUEST");
    assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
}

#[test]
fn functions_end_before_whoever_waits_for_them() {
    let template = Template::read();
    let usual = template.globals()["Timeout"].as_u64().expect("a timeout");
    for (operation, function) in by_operation(&template) {
        let timeout = function.properties["Timeout"].as_u64().unwrap_or(usual);
        let longest = match function.event().0 {
            // The gateway gives up after 29 s.
            "Api" => 29,
            // A slice of at most 30 s, and time to end it in order.
            "DynamoDB" => 60,
            _ => 120,
        };
        assert!(timeout <= longest, "{operation}: {timeout} s");
    }
}

#[test]
fn every_alarm_has_a_section_in_the_runbook_and_somebody_who_hears_it() {
    let template = Template::read();
    let runbook = text(&root().join("docs/RUNBOOK.md"));
    let sections: BTreeSet<&str> = runbook.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let alarms: BTreeSet<&str> = template.of_type("AWS::CloudWatch::Alarm").into_iter().collect();
    assert_eq!(alarms, sections);
    for alarm in alarms {
        let properties = template.properties(alarm);
        assert_eq!(properties["AlarmActions"], json!([{"!Ref": "AlarmTopic"}]), "{alarm}");
        assert_eq!(properties["TreatMissingData"], "notBreaching", "{alarm}: silence is not trouble");
    }
}

#[test]
fn alarms_and_dashboard_ask_for_what_functions_count() {
    let template = Template::read();
    let mut sources = text(&root().join("crates/accounts/src/operations/delivery.rs"));
    for folder in ["functions", "crates/lambda/src"] {
        sources.extend(files(&root().join(folder), &[".rs"]).iter().map(|file| text(file)));
    }
    let dashboard = template.properties("Dashboard")["DashboardBody"]["!Sub"].as_str().expect("a body");
    let dashboard: Value = serde_json::from_str(dashboard).expect("JSON");
    let mut asked = BTreeSet::from(["MailsPostponed".to_owned()]);
    for widget in dashboard["widgets"].as_array().expect("widgets") {
        for metric in widget["properties"]["metrics"].as_array().expect("metrics") {
            if metric[0] == "Rollcall" {
                assert_eq!((&metric[2], &metric[3]), (&json!("Stage"), &json!("${Stage}")));
                asked.insert(metric[1].as_str().expect("a name").to_owned());
            }
        }
    }
    for name in asked {
        assert!(sources.contains(&format!("\"{name}\"")), "nothing counts {name}");
    }
}

#[test]
fn the_alarm_on_unreadable_items_looks_for_the_line_that_is_written() {
    let template = Template::read();
    let filter = template.properties("ItemsUnreadable");
    let source = text(&root().join("crates/store-dynamodb/src/item.rs"));
    let line = "an item cannot be read";
    assert_eq!(filter["FilterPattern"], json!(format!("{{ $.fields.message = \"{line}\" }}")));
    assert!(source.contains(&format!("\"{line}\"")), "nothing writes it");
    let counted = &filter["MetricTransformations"][0];
    let alarm = template.properties("ItemsUnreadableAlarm");
    assert_eq!((&counted["MetricNamespace"], &counted["MetricName"]), (&alarm["Namespace"], &alarm["MetricName"]));
}

#[test]
fn pages_are_served_as_strictly_as_they_are_built() {
    let template = Template::read();
    let headers = |id: &str| &template.properties(id)["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"];
    let built = text(&root().join("web/vite.config.ts"));
    for (id, referrer) in [("PageHeaders", "same-origin"), ("LinkPageHeaders", "no-referrer")] {
        let headers = headers(id);
        let policy = &headers["ContentSecurityPolicy"]["ContentSecurityPolicy"];
        let policy = policy.as_str().expect("a policy");
        assert!(!policy.contains("unsafe-inline") && policy.contains("frame-ancestors 'none'"), "{id}: {policy}");
        for directive in policy.split("; ").filter(|directive| !directive.starts_with("frame-ancestors")) {
            // Styles are the one directive that the pages' own policy puts together from two parts.
            let mut parts = directive.split_once("style-src 'self' ").map_or(directive, |(_, hash)| hash).split("; ");
            assert!(parts.all(|part| built.contains(part)), "{id}: {directive} is not what the pages are built with");
        }
        assert_eq!(headers["ReferrerPolicy"]["ReferrerPolicy"], referrer, "{id}");
        assert_eq!(headers["FrameOptions"]["FrameOption"], "DENY", "{id}");
        assert!(headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"].as_u64() >= Some(31_536_000), "{id}");
    }
    let api = headers("ApiHeaders");
    let policy = "default-src 'none'; frame-ancestors 'none'";
    assert_eq!(api["ContentSecurityPolicy"]["ContentSecurityPolicy"], policy);
    let code = text(&root().join("crates/http-api/src/reply.rs"));
    assert!(code.contains(policy) && code.contains("max-age=63072000; includeSubDomains"), "functions say the same");
    let own = template.properties("Api")["GatewayResponses"].as_object().expect("answers of the gateway's own");
    for (kind, answer) in own {
        let headers = &answer["ResponseParameters"]["Headers"];
        for (name, value) in [
            ("Cache-Control", "'no-store'"),
            ("X-Content-Type-Options", "'nosniff'"),
            ("X-Frame-Options", "'DENY'"),
            ("Content-Security-Policy", "'default-src; frame-ancestors'"),
            ("Strict-Transport-Security", "'max-age=63072000; includeSubDomains'"),
        ] {
            assert_eq!(headers[name], value, "{kind}");
        }
    }
    let distribution = &template.properties("Console")["DistributionConfig"];
    let behaviors = distribution["CacheBehaviors"].as_array().expect("behaviors");
    let links: BTreeSet<&str> = behaviors
        .iter()
        .filter(|behavior| behavior["ResponseHeadersPolicyId"] == json!({"!Ref": "LinkPageHeaders"}))
        .filter_map(|behavior| behavior["PathPattern"].as_str())
        .collect();
    let server = text(&root().join("crates/dev-server/src/console.rs"));
    let list = server.split_once("const LINKS: [&str; 3] = [").and_then(|(_, rest)| rest.split_once(']'));
    let (list, _) = list.expect("the dev server's list");
    let expected: BTreeSet<String> =
        list.split(',').map(|name| format!("/{}/*", name.trim().trim_matches('"'))).collect();
    assert_eq!(links, expected.iter().map(String::as_str).collect());
    let routes = template.properties("ConsolePaths")["FunctionCode"].as_str().expect("code");
    assert!(routes.contains("(invitations|password-resets|email-changes)"), "{routes}");
}
