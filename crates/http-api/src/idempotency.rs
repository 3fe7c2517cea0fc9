//! `Idempotency-Key`: repeating a request with its key changes nothing and gives the first answer.
//!
//! The key is claimed before the work and holds its answer afterwards, for 24 hours, of that actor and that
//! operation. What a later try may answer otherwise (a failure of ours, a reservation that will end) is
//! not kept.

use std::future::Future;

use http::{HeaderName, StatusCode, header};
use rollcall_accounts::{
    Error, Result,
    error::{Conflict, Invalid},
    idempotency::{BODY_LIMIT, Claim, Claimed, IdempotencyKey, KeepAnswers, KeptAnswer, fingerprint},
    ids::UserId,
    random::{Randomness as _, SystemRandomness},
};

use crate::{Answer, Call, Problem, Reply};

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
    let Some(claim) = claim(call, actor)? else {
        return work().await;
    };
    match ports.claim(&claim).await? {
        Claimed::Answered(answer) => return Ok(restore(answer)?),
        Claimed::InProgress => return Err(Error::from(Conflict::RequestInProgress).into()),
        Claimed::OtherRequest => return Err(Error::from(Invalid::IdempotencyKeyReused).into()),
        Claimed::Mine => {}
    }
    let outcome = work().await;
    let passing = outcome.as_ref().is_err_and(|problem| is_passing(problem.error()));
    if passing {
        ports.let_go(&claim).await?;
        return outcome;
    }
    let reply = outcome.unwrap_or_else(|problem| problem.reply_to(call));
    match kept(&reply) {
        Some(answer) => ports.keep(&claim, &answer).await?,
        None => ports.let_go(&claim).await?,
    }
    Ok(reply)
}

fn claim(call: &Call, actor: &UserId) -> Result<Option<Claim>> {
    let Some(value) = call.headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = IdempotencyKey::parse(value.to_str().unwrap_or_default())?;
    Ok(Some(Claim {
        name: key.name(actor, call.operation),
        request: call.fingerprint(),
        owner: fingerprint([SystemRandomness.bytes::<16>().as_slice()]),
        now: call.now,
    }))
}

/// Whether the same request may be answered otherwise a little later.
fn is_passing(error: &Error) -> bool {
    matches!(
        error,
        Error::Internal(_)
            | Error::RateLimited { .. }
            | Error::Conflict(Conflict::EmailReserved | Conflict::ImportUnfinished)
    )
}

fn kept(reply: &Reply) -> Option<KeptAnswer> {
    if reply.body().len() > BODY_LIMIT {
        return None;
    }
    Some(KeptAnswer {
        status: reply.status().as_u16(),
        headers: KEPT_HEADERS
            .iter()
            .filter_map(|name| {
                let value = reply.header(name)?;
                Some((name.as_str().to_owned(), value.to_owned()))
            })
            .collect(),
        body: String::from_utf8(reply.body().to_vec()).ok()?,
    })
}

fn restore(answer: KeptAnswer) -> Result<Reply, Problem> {
    let status = StatusCode::from_u16(answer.status).map_err(Error::internal)?;
    answer
        .headers
        .into_iter()
        .try_fold(Reply::raw(status, answer.body), |reply, (name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(Error::internal)?;
            Ok(reply.with(name, value))
        })
        .map_err(|error: Error| error.into())
}
