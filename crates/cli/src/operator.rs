//! What only an operator with access to the deployment's table can do: making the Root Master, and handing that role
//! on.

use std::process::ExitCode;

use rollcall_accounts::{
    Error,
    operations::{
        bootstrap::{Bootstrap, NewRootMaster, bootstrap as make_root},
        promote_root::{Promoted, promote_root as promote},
    },
    random::{Randomness as _, SystemRandomness},
    totp::TotpSecret,
};
use rollcall_lambda::Environment;
use rollcall_store_dynamodb::Store;

use crate::{Usage, output};

/// Letters and digits that no one confuses.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters of the first password: 120 bits.
const PASSWORD_LENGTH: usize = 24;

/// `bootstrap --table NAME --email ADDRESS --first-name NAME --last-name NAME`
pub(crate) fn bootstrap(arguments: &[String]) -> Result<ExitCode, Usage> {
    let mut given = Options::read(arguments, &["--table", "--email", "--first-name", "--last-name"])?;
    given.nothing_else()?;
    let table = given.take("--table")?;
    let letters: [u8; PASSWORD_LENGTH] = SystemRandomness.bytes();
    let password: String = letters.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
    let totp_secret = TotpSecret::random(&SystemRandomness);
    let new = NewRootMaster {
        first_name: given.take("--first-name")?,
        last_name: given.take("--last-name")?,
        email: given.take("--email")?,
        password: password.clone(),
        totp_secret: totp_secret.clone(),
    };
    run(async |environment: &Environment| {
        let store = Store::new(&environment.sdk, &table);
        match make_root(&store, new, environment.clock().now(), &SystemRandomness).await.map_err(explain)? {
            Bootstrap::AlreadyDone => Err("this deployment has its Root Master already; nothing was changed".into()),
            Bootstrap::Done(made) => Ok(format!(
                "The Root Master was made. This is shown once:\n\n  email     {}\n  password  {password}\n  \
                 TOTP      {}\n            {}\n  API key   {}\n\nSign in, choose another password, and keep the \
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
    let mut given = Options::read(arguments, &["--table"])?;
    let table = given.take("--table")?;
    let email = given.only("the address of an active technician")?;
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
    let outcome = runtime.block_on(async { command(&Environment::of_process().await).await });
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

/// `--name value` pairs, and what stands beside them.
#[derive(Debug)]
struct Options {
    pairs: Vec<(String, String)>,
    rest: Vec<String>,
}

impl Options {
    fn read(arguments: &[String], known: &[&str]) -> Result<Self, Usage> {
        let mut all = Self { pairs: Vec::new(), rest: Vec::new() };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            if known.contains(&argument.as_str()) {
                let value = arguments.next().ok_or_else(|| Usage(format!("{argument} needs a value")))?;
                all.pairs.push((argument.clone(), value.clone()));
            } else if argument.starts_with('-') {
                return Err(Usage(format!("there is no option {argument} here")));
            } else {
                all.rest.push(argument.clone());
            }
        }
        Ok(all)
    }

    fn take(&mut self, name: &str) -> Result<String, Usage> {
        let place = self.pairs.iter().position(|(given, _)| given == name);
        place.map(|place| self.pairs.remove(place).1).ok_or_else(|| Usage(format!("{name} is missing")))
    }

    fn only(&mut self, what: &str) -> Result<String, Usage> {
        match self.rest.as_slice() {
            [_] => Ok(self.rest.remove(0)),
            _ => Err(Usage(format!("give {what}"))),
        }
    }

    fn nothing_else(&self) -> Result<(), Usage> {
        self.rest.first().map_or(Ok(()), |extra| Err(Usage(format!("what is {extra}?"))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_row_by_row() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let read = |text: &str| -> Result<(String, String), String> {
            let mut options = Options::read(&words(text), &["--table"]).map_err(|Usage(what)| what)?;
            let table = options.take("--table").map_err(|Usage(what)| what)?;
            let email = options.only("an address").map_err(|Usage(what)| what)?;
            Ok((table, email))
        };
        assert_eq!(read("a@b.example --table t"), Ok(("t".into(), "a@b.example".into())));
        assert_eq!(read("--table t a@b.example"), Ok(("t".into(), "a@b.example".into())));
        for (text, wanted) in [
            ("a@b.example", "--table is missing"),
            ("a@b.example --table", "--table needs a value"),
            ("--table t", "give an address"),
            ("a b --table t", "give an address"),
            ("a --tabel t", "there is no option --tabel here"),
        ] {
            assert_eq!(read(text), Err(wanted.to_owned()), "{text}");
        }
    }
}
