//! Who calls: `Authorization: Bearer KEY` for programs, the `__Host-session` cookie for browsers.

use http::Method;
use rollcall_accounts::{
    Error, Result,
    access::{Actor, Authenticator, Via, secret_hash},
    audit::Origin,
    error::Invalid,
};

use crate::{Call, device::device};

/// The cookie's name; the prefix makes browsers insist on Secure, Path=/ and no Domain.
pub const SESSION_COOKIE: &str = "__Host-session";

/// The cookie by which a browser is known in which somebody has signed in before.
pub const DEVICE_COOKIE: &str = "__Host-device";

impl Call {
    /// A cookie's value.
    #[must_use]
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .get_all(http::header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
    }

    /// What the caller's browser calls itself, short.
    #[must_use]
    pub(crate) fn device(&self) -> Option<String> {
        device(self.header(http::header::USER_AGENT.as_str())?)
    }

    /// The session token in the cookie, if there is one and the request may use it: browsers send a cookie
    /// along with whatever page made the request, so an unsafe method must come from our own origin.
    ///
    /// # Errors
    /// [`Invalid::Origin`].
    pub fn session_token(&self) -> Result<Option<String>> {
        let Some(token) = self.cookie(SESSION_COOKIE) else { return Ok(None) };
        let safe = matches!(self.method, Method::GET | Method::HEAD);
        if safe || self.is_same_origin() { Ok(Some(token.to_owned())) } else { Err(Invalid::Origin.into()) }
    }

    /// `Sec-Fetch-Site` where the browser sends it, else `Origin` against `Host`.
    fn is_same_origin(&self) -> bool {
        if let Some(site) = self.header("sec-fetch-site") {
            return site == "same-origin";
        }
        let host = self.header("x-forwarded-host").or_else(|| self.header("host"));
        match (self.header("origin").and_then(|origin| origin.split_once("://")), host) {
            (Some((_, origin)), Some(host)) => origin == host,
            // No browser: those that run scripts send one of the two with every unsafe request.
            (None, _) => self.header("origin").is_none(),
            (Some(_), None) => false,
        }
    }

    /// The credential that the request came with: the API key or the session token. Call
    /// [`Call::actor`] to know whether it is one.
    ///
    /// # Errors
    /// [`Invalid::Origin`].
    pub(crate) fn credential(&self) -> Result<Option<String>> {
        match self.header("authorization").and_then(|value| value.split_once(' ')) {
            Some((_, key)) => Ok(Some(key.trim().to_owned())),
            None => self.session_token(),
        }
    }

    /// The actor, and where the changes that they make come from: how an operation that changes something begins.
    ///
    /// # Errors
    /// As [`Call::actor`].
    pub async fn acting(&self, ports: &impl Authenticator) -> Result<(Actor, Origin)> {
        let actor = self.actor(ports).await?;
        let origin = self.origin(Some(actor.id()));
        Ok((actor, origin))
    }

    /// The actor, or who knows.
    ///
    /// # Errors
    /// [`Error::NotAuthenticated`]; [`Invalid::Origin`].
    pub async fn actor(&self, ports: &impl Authenticator) -> Result<Actor> {
        if let Some(key) = self.header("authorization") {
            let (scheme, key) = key.split_once(' ').ok_or(Error::NotAuthenticated)?;
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(Error::NotAuthenticated);
            }
            let account =
                ports.api_key_user(&secret_hash(key.trim()), self.now).await?.ok_or(Error::NotAuthenticated)?;
            return Actor::new(account, Via::ApiKey).ok_or(Error::NotAuthenticated);
        }
        let token = self.session_token()?.ok_or(Error::NotAuthenticated)?;
        let (account, via) =
            ports.session_user(&secret_hash(&token), self.now).await?.ok_or(Error::NotAuthenticated)?;
        Actor::new(account, via).ok_or(Error::NotAuthenticated)
    }
}
