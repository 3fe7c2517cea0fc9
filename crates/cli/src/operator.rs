//! What only an operator with access to the deployment's table can do: making the Root Master, and handing that role
//! on.

use std::process::ExitCode;

use rollcall_accounts::{
    Error,
    operations::{
        bootstrap::{Bootstrap, NewRootMaster, bootstrap as make_root},
        create_api_key::DEFAULT_DAYS,
        promote_root::{Promoted, promote_root as promote},
    },
    random::{Randomness as _, SystemRandomness},
    totp::TotpSecret,
};
use rollcall_lambda::Environment;
use rollcall_store_dynamodb::Store;

use crate::{Usage, arguments::Arguments, output};

/// Letters and digits that no one confuses.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters of the first password: 120 bits.
const PASSWORD_LENGTH: usize = 24;

/// `bootstrap --table NAME --email ADDRESS --first-name NAME --last-name NAME`
pub(crate) fn bootstrap(arguments: &[String]) -> Result<ExitCode, Usage> {
    let given = Arguments::read(arguments, &["--table", "--email", "--first-name", "--last-name"], &[])?;
    given.nothing_else()?;
    let table = given.required("--table")?;
    let letters: [u8; PASSWORD_LENGTH] = SystemRandomness.bytes();
    let password: String = letters.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
    let totp_secret = TotpSecret::random(&SystemRandomness);
    let new = NewRootMaster {
        first_name: given.required("--first-name")?,
        last_name: given.required("--last-name")?,
        email: given.required("--email")?,
        password: password.clone(),
        totp_secret: totp_secret.clone(),
        api_key_days: DEFAULT_DAYS,
    };
    run(async |environment: &Environment| {
        let store = Store::new(&environment.sdk, &table);
        match make_root(&store, new, environment.clock().now(), &SystemRandomness).await.map_err(explain)? {
            Bootstrap::AlreadyDone => Err("this deployment has its Root Master already; nothing was changed".into()),
            Bootstrap::Done(made) => Ok(format!(
                "The Root Master was made. This is shown once:\n\n  email     {}\n  password  {password}\n  \
                 TOTP      {}\n            {}\n  API key   {}\n            good for {DEFAULT_DAYS} days\n\nSign in, choose another password, and keep the \
                 rest in a safe place.",
                made.user.email,
                totp_secret.to_base32(),
                totp_secret.uri(&made.user.email),
                made.api_key.key,
            )),
        }
    })
}

/// `promote-root ADDRESS --table NAME`
pub(crate) fn promote_root(arguments: &[String]) -> Result<ExitCode, Usage> {
    let given = Arguments::read(arguments, &["--table"], &[])?;
    let table = given.required("--table")?;
    let email = given.only("ADDRESS")?;
    run(async |environment: &Environment| {
        let store = Store::new(&environment.sdk, &table);
        match promote(&store, &email, environment.clock().now()).await {
            Ok(Promoted::Already) => Ok(format!("{email} is the Root Master already; nothing was changed")),
            Ok(Promoted::Done { former, next }) => Ok(format!(
                "{} ({}) is the Root Master now; {} ({}) is a System Administrator",
                next.name(),
                next.email,
                former.name(),
                former.email
            )),
            Err(rollcall_accounts::operations::promote_root::NotPromoted::Failed(error)) => Err(explain(error)),
            Err(refused) => Err(refused.to_string()),
        }
    })
}

/// Runs a command with the process's AWS configuration, and says how it went.
fn run(command: impl AsyncFnOnce(&Environment) -> Result<String, String>) -> Result<ExitCode, Usage> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            output::error(&format!("rollcall: {error}"));
            return Ok(ExitCode::FAILURE);
        }
    };
    let outcome = runtime.block_on(async {
        let environment = Environment::of_operator().await.map_err(|error| error.to_string())?;
        command(&environment).await
    });
    Ok(match outcome {
        Ok(said) => {
            output::line(&said);
            ExitCode::SUCCESS
        }
        Err(reason) => {
            output::error(&format!("rollcall: {reason}"));
            ExitCode::FAILURE
        }
    })
}

/// Whoever runs this has the table: they may see why it did not answer.
fn explain(error: Error) -> String {
    match error {
        Error::Internal(internal) => internal.for_log().to_owned(),
        Error::Refused(refusals) => {
            let each =
                refusals.iter().map(|refusal| format!("{}: {}", refusal.field.replace('_', " "), refusal.detail));
            each.collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}
