//! The first start: makes the Root Master, an API key and one organization, and writes what a person or a script
//! needs to sign in. A later start finds them.

use std::{error::Error, fmt, io, path::Path};

use rollcall_accounts::{
    audit::Origin,
    operations::{
        bootstrap::{Bootstrap, NewRootMaster, bootstrap},
        create_api_key::MOST_DAYS,
        create_organization::{NewOrganization, create_organization},
    },
    random::SystemRandomness,
    totp::TotpSecret,
};
use rollcall_lambda::SdkConfig;
use rollcall_store_dynamodb::Store;
use serde::{Deserialize, Serialize};

use crate::{access::OPERATOR, clock::Clock, files::write_private, random::letters_and_digits, template::REGION};

/// The first administrator.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Where mail to it goes; also its sign-in name.
    pub email: String,
    /// Made at the first start.
    pub password: String,
    /// In base32, as authenticator apps take it.
    pub totp_secret: String,
    /// A key for programs, with all of its rights.
    #[serde(skip)]
    pub api_key: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account")
    }
}

impl Account {
    /// The code that signs it in at this moment.
    #[must_use]
    pub fn totp_code(&self, now: jiff::Timestamp) -> Option<String> {
        Some(TotpSecret::parse(&self.totp_secret).ok()?.code(now))
    }
}

/// `DIR/dev.json`.
#[derive(Debug, Serialize, Deserialize)]
struct DevFile {
    url: String,
    pid: u32,
    api_key: String,
    admin: Account,
    #[serde(default)]
    aws: Aws,
}

/// What `rollcall bootstrap` and `rollcall promote-root` need of the environment to reach the local table.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Aws {
    endpoint_url: String,
    access_key_id: String,
    region: String,
    table: String,
}

/// Makes or finds the first account, and writes `DIR/dev.json` for this run.
pub(crate) async fn ensure(
    data: &Path,
    url: &str,
    operator: &SdkConfig,
    table: &str,
    clock: &Clock,
) -> Result<Account, Box<dyn Error + Send + Sync>> {
    let file = data.join("dev.json");
    let account = match std::fs::read(&file) {
        Ok(bytes) => {
            let known: DevFile = serde_json::from_slice(&bytes)?;
            Account { api_key: known.api_key, ..known.admin }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(operator, table, clock).await?,
        Err(error) => return Err(error.into()),
    };
    let described = DevFile {
        url: url.to_owned(),
        pid: std::process::id(),
        api_key: account.api_key.clone(),
        admin: account.clone(),
        aws: Aws {
            endpoint_url: operator.endpoint_url().unwrap_or_default().to_owned(),
            access_key_id: OPERATOR.to_owned(),
            region: REGION.to_owned(),
            table: table.to_owned(),
        },
    };
    let text = serde_json::to_string_pretty(&described)? + "\n";
    write_private(&file, text.as_bytes())?;
    Ok(account)
}

async fn make(operator: &SdkConfig, table: &str, clock: &Clock) -> Result<Account, Box<dyn Error + Send + Sync>> {
    let randomness = SystemRandomness;
    let store = Store::new(operator, table);
    let password = letters_and_digits(20);
    let totp_secret = TotpSecret::random(&randomness);
    let root = NewRootMaster {
        first_name: "Robin".into(),
        last_name: "Root".into(),
        email: "admin@rollcall.example".into(),
        password: password.clone(),
        totp_secret: totp_secret.clone(),
        api_key_days: MOST_DAYS,
    };
    let Bootstrap::Done(made) = bootstrap(&store, root.clone(), clock.now(), &randomness).await? else {
        return Err("the data folder has an administrator but no dev.json; delete the folder to start anew".into());
    };
    let actor = made.actor().ok_or("the administrator may not act")?;
    let acme = NewOrganization { name: "Acme".into(), default_country: Some("DE".into()) };
    let origin = Origin { actor: Some(made.user_id().clone()), source: None, now: clock.now() };
    create_organization(&store, &actor, &acme, &origin, &randomness).await?;
    Ok(Account { email: root.email, password, totp_secret: totp_secret.to_base32(), api_key: made.api_key.key })
}
