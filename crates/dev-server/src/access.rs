//! Who calls a local service, and whether that function's policy in the template allows it.
//!
//! A function's SDK client signs with its logical id as access key id. Signatures are not checked: everything here
//! listens on the loopback interface only.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use http::HeaderMap;

use crate::{
    policy::{Access, Decision, Policy},
    template::ACCOUNT,
};

/// The policies of all functions, and the operator who may do everything (the first start's set-up).
#[derive(Debug, Default)]
pub(crate) struct AccessControl {
    policies: BTreeMap<String, Policy>,
    record: Option<Record>,
}

/// What is granted and what is used, for the question what is granted and never used (`cargo verify`, step *policies*): a line
/// `granted|used, function, action, resource` each, once.
#[derive(Debug)]
struct Record {
    file: PathBuf,
    written: Mutex<BTreeSet<String>>,
}

impl Record {
    fn write(&self, what: &str, function: &str, action: &str, resource: &str) {
        let line = format!("{what}\t{function}\t{action}\t{resource}\n");
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.contains(&line) {
            return;
        }
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&self.file);
        if let Err(error) = file.and_then(|mut file| file.write_all(line.as_bytes())) {
            tracing::error!(%error, "an access could not be recorded");
        }
        written.insert(line);
    }
}

/// The access key id of the operator.
pub(crate) const OPERATOR: &str = "RollcallOperator";

/// Why a call is refused.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// No function has this access key id.
    UnknownCaller,
    /// The message that the cloud would give.
    Denied(String),
}

impl AccessControl {
    pub(crate) fn new(policies: BTreeMap<String, Policy>) -> Self {
        Self { policies, record: None }
    }

    /// Writes down, in a file of this process in `folder`, what is granted and what is used of it.
    pub(crate) fn recording(mut self, folder: Option<PathBuf>) -> Self {
        let file = folder.map(|folder| folder.join(format!("{}.tsv", std::process::id())));
        self.record = file.map(|file| Record { file, written: Mutex::default() });
        if let Some(record) = &self.record {
            for (function, policy) in &self.policies {
                for (action, resource) in policy.allowed() {
                    record.write("granted", function, action, resource);
                }
            }
        }
        self
    }

    /// Checks every access of one call.
    pub(crate) fn check(&self, headers: &HeaderMap, accesses: &[Access]) -> Result<(), Refusal> {
        let caller = access_key_id(headers).ok_or(Refusal::UnknownCaller)?;
        if caller == OPERATOR {
            return Ok(());
        }
        let policy = self.policies.get(caller).ok_or(Refusal::UnknownCaller)?;
        for access in accesses {
            let because = match policy.decide(access) {
                Decision::Allowed => {
                    if let Some(record) = &self.record {
                        record.write("used", caller, &access.action, &access.resource);
                    }
                    continue;
                }
                Decision::NotAllowed => format!("no identity-based policy allows the {} action", access.action),
                Decision::Denied => "of an explicit deny in an identity-based policy".to_owned(),
            };
            tracing::warn!(
                function = caller,
                action = %access.action,
                resource = %access.resource,
                "refused: infra/template.yaml does not allow it"
            );
            return Err(Refusal::Denied(format!(
                "User: arn:aws:sts::{ACCOUNT}:assumed-role/{caller}/{caller} is not authorized to perform: {} on \
                 resource: {} because {because}",
                access.action, access.resource
            )));
        }
        Ok(())
    }
}

/// The access key id of a request signed by Signature Version 4.
pub(crate) fn access_key_id(headers: &HeaderMap) -> Option<&str> {
    let authorization = headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    let (_, rest) = authorization.strip_prefix("AWS4-HMAC-SHA256")?.split_once("Credential=")?;
    rest.split(['/', ',', ' ']).next().filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn signed(authorization: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::AUTHORIZATION, authorization.parse().unwrap());
        headers
    }

    #[test]
    fn the_caller_is_who_signed() {
        let policy = json!([{"Statement": [{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}]}]);
        let control =
            AccessControl::new(BTreeMap::from([("GetUserFunction".to_owned(), Policy::parse(&policy).unwrap())]));
        let credential = |id: &str| {
            signed(&format!(
                "AWS4-HMAC-SHA256 Credential={id}/20261121/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00"
            ))
        };
        let get = [Access::new("dynamodb:GetItem", "t")];
        let put = [Access::new("dynamodb:GetItem", "t"), Access::new("dynamodb:PutItem", "t")];
        assert!(control.check(&credential("GetUserFunction"), &get).is_ok());
        assert!(control.check(&credential(OPERATOR), &put).is_ok());
        match control.check(&credential("GetUserFunction"), &put) {
            Err(Refusal::Denied(message)) => {
                insta::assert_snapshot!(message, @"User: arn:aws:sts::000000000000:assumed-role/GetUserFunction/GetUserFunction is not authorized to perform: dynamodb:PutItem on resource: t because no identity-based policy allows the dynamodb:PutItem action")
            }
            other => panic!("{other:?}"),
        }
        for (name, headers) in [
            ("another function", credential("ListUsersFunction")),
            ("not signed", HeaderMap::new()),
            ("signed in another way", signed("Bearer x")),
        ] {
            assert!(matches!(control.check(&headers, &get), Err(Refusal::UnknownCaller)), "{name}");
        }
    }
}
