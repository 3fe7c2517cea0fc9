//! `Idempotency-Key`: repeating a request with its key changes nothing and gives the first answer.
//!
//! The key is claimed before the work and holds its answer afterwards, for 24 hours, of that actor and that
//! operation. What a later try may answer otherwise (a failure of ours, a reservation that will end) is
//! not kept.

use std::future::Future;

use http::{HeaderName, StatusCode, header};
use rollcall_accounts::{
    Error, Result,
    access::secret_hash,
    error::{Conflict, Invalid},
    idempotency::{BODY_LIMIT, Claim, Claimed, IdempotencyKey, KeepAnswers, KeptAnswer, fingerprint},
    ids::UserId,
    random::{Randomness as _, SystemRandomness},
    seal::SealKey,
};

use crate::{Answer, Call, Reply};

/// Says `true` of an answer that was given before: what it says of the world may be over.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// The headers that are part of an answer.
const KEPT_HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];

/// Does the work once per `Idempotency-Key` of that actor and operation; without the header, just does it.
/// Call it when the actor is known and before anything is changed.
///
/// # Errors
/// [`Invalid::IdempotencyKeyReused`] when the key came with another request,
/// [`Conflict::RequestInProgress`] while the first one is still being worked on.
pub async fn idempotent<F: Future<Output = Answer>>(
    ports: &impl KeepAnswers,
    call: &Call,
    actor: &UserId,
    work: impl FnOnce() -> F,
) -> Answer {
    match key(call)? {
        Some(key) => once(ports, call, &claim(call, &key, key.name(actor, call.operation)), None, work).await,
        None => work().await,
    }
}

/// The same for an answer that shows a secret: what is kept can be read only with the credential that the
/// request came with, of which the table holds just a hash. So the key is of that credential too.
///
/// # Errors
/// As [`idempotent`].
pub async fn idempotent_secret<F: Future<Output = Answer>>(
    ports: &impl KeepAnswers,
    call: &Call,
    actor: &UserId,
    work: impl FnOnce() -> F,
) -> Answer {
    match (key(call)?, call.credential()?) {
        (Some(key), Some(credential)) => {
            let name =
                fingerprint([key.name(actor, call.operation), secret_hash(&credential)].iter().map(|s| s.as_bytes()));
            let seal = SealKey::of_secret("idempotent answer", &credential);
            once(ports, call, &claim(call, &key, name), Some(&seal), work).await
        }
        _ => work().await,
    }
}

async fn once<F: Future<Output = Answer>>(
    ports: &impl KeepAnswers,
    call: &Call,
    claim: &Claim,
    seal: Option<&SealKey>,
    work: impl FnOnce() -> F,
) -> Answer {
    match ports.claim(claim).await? {
        Claimed::Answered(answer) => return restore(answer, claim, seal),
        Claimed::InProgress => return Err(Error::from(Conflict::RequestInProgress).into()),
        Claimed::OtherRequest => return Err(Error::from(Invalid::IdempotencyKeyReused).into()),
        Claimed::Mine => {}
    }
    let outcome = work().await;
    let passing = outcome.as_ref().is_err_and(|problem| is_passing(problem.error()));
    if passing {
        ports.let_go(claim).await?;
        return outcome;
    }
    let reply = outcome.unwrap_or_else(|problem| problem.reply_to(call));
    match kept(&reply, claim, seal) {
        Some(answer) => ports.keep(claim, &answer).await?,
        None => ports.let_go(claim).await?,
    }
    Ok(reply)
}

fn key(call: &Call) -> Result<Option<IdempotencyKey>> {
    match call.headers.get("idempotency-key") {
        Some(value) => IdempotencyKey::parse(value.to_str().unwrap_or_default()).map(Some),
        None => Ok(None),
    }
}

fn claim(call: &Call, key: &IdempotencyKey, name: String) -> Claim {
    Claim {
        name,
        request: key.of_request(&call.fingerprint()),
        owner: fingerprint([SystemRandomness.bytes::<16>().as_slice()]),
        now: call.now,
    }
}

/// Whether the same request may be answered otherwise a little later.
fn is_passing(error: &Error) -> bool {
    matches!(
        error,
        Error::Internal(_)
            | Error::RateLimited { .. }
            | Error::TooManyAttempts { .. }
            | Error::Conflict(Conflict::EmailReserved | Conflict::ImportUnfinished | Conflict::ListsChanged)
    )
}

fn kept(reply: &Reply, claim: &Claim, seal: Option<&SealKey>) -> Option<KeptAnswer> {
    if reply.body().len() > BODY_LIMIT {
        return None;
    }
    let body = std::str::from_utf8(reply.body()).ok()?;
    let header = |name: &HeaderName| Some((name.as_str().to_owned(), reply.header(name)?.to_owned()));
    Some(KeptAnswer {
        status: reply.status().as_u16(),
        headers: KEPT_HEADERS.iter().filter_map(header).collect(),
        body: match seal {
            Some(seal) => seal.seal(&claim.name, body, &SystemRandomness),
            None => body.to_owned(),
        },
    })
}

fn restore(answer: KeptAnswer, claim: &Claim, seal: Option<&SealKey>) -> Answer {
    let status = StatusCode::from_u16(answer.status).map_err(Error::internal)?;
    let body = match seal {
        Some(seal) => {
            seal.open(&claim.name, &answer.body).ok_or_else(|| Error::internal("a kept answer cannot be read"))?
        }
        None => answer.body,
    };
    let mut reply = Reply::raw(status, body).with(REPLAYED, "true");
    for (name, value) in answer.headers {
        reply = reply.with(HeaderName::from_bytes(name.as_bytes()).map_err(Error::internal)?, value);
    }
    Ok(reply)
}
