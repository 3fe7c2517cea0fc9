//! A step of a sign-in: the password that somebody else chose is changed.

use serde_json::json;

use crate::{
    Error, Result,
    audit::Origin,
    error::Refusal,
    operations::{
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
        sessions::{FindSession, Stage},
        steps::{Proceeded, Taken, Waiting, by, proceeded, settle, waiting},
    },
    password::{self, NewPassword},
    random::Randomness,
    token::TokenKeys,
};

/// Takes the step: every other session ends, and where nothing else is missing the person is signed in and the
/// account finished.
///
/// # Errors
/// [`Error::NotAuthenticated`] when no sign-in waits for it under that token (any more); [`Error::Unfit`].
pub async fn choose_password(
    ports: &(impl FindSession + EditUsers + ReadCredential + ReadOrganization),
    keys: &TokenKeys,
    token: &str,
    password: &str,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<Proceeded> {
    let mut waiting = waiting(ports, token, Stage::ChangePassword, origin.now).await?;
    let Waiting { person, .. } = &mut waiting;
    let new = NewPassword::for_user(password, &person.user, &person.policy())
        .map_err(|refusal| Error::Unfit(vec![refusal]))?;
    if password::verify(person.credential.password_hash.as_deref(), password) {
        return Err(Error::Unfit(vec![unchanged("password")]));
    }
    let hash = new.hash();
    person.credential.set_password(hash.clone());
    let stage = person.stage(true);
    let open = settle(ports, &waiting, origin, randomness, |mut user, mut credential| {
        credential.set_password(hash.clone());
        user.end_sessions();
        let event = by(&user.id, origin).event(
            "user.password_changed",
            user.organization_id.as_ref(),
            user.id.as_str(),
            serde_json::Value::Null,
            json!({"first": true}),
        );
        Ok(Taken { user, credential, event: Some(event), stage })
    })
    .await?;
    Ok(proceeded(&waiting.person, open, keys, randomness))
}

/// The refusal of a new password that is the old one.
pub(crate) fn unchanged(field: &str) -> Refusal {
    Refusal {
        field: field.to_owned(),
        code: "password_unchanged".into(),
        detail: "choose another password than the present one".into(),
    }
}
