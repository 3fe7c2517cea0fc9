//! Opaque cursors: where a paging goes on, good only for the listing, the filters and the actor it was made
//! for.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rollcall_accounts::{Error, Result, error::Invalid, idempotency::fingerprint, ids::UserId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::Call;

/// The version of the form below; older ones are refused.
const VERSION: u32 = 1;
/// Hex digits of the check: against mistakes, since a cursor opens nothing that its filters would not.
const CHECK_DIGITS: usize = 16;

#[derive(Serialize, Deserialize)]
struct Cursor<'a, T> {
    v: u32,
    position: T,
    check: std::borrow::Cow<'a, str>,
}

impl Call {
    /// The position in `?cursor=`; `None` without it.
    ///
    /// # Errors
    /// [`Invalid::Parameter`] when it was made for other filters, by another actor, or by nobody.
    pub fn cursor<T: Serialize + DeserializeOwned>(&self, actor: &UserId) -> Result<Option<T>> {
        let Some(text) = self.query("cursor") else {
            return Ok(None);
        };
        let refused = || {
            Error::from(Invalid::Parameter {
                name: "cursor",
                expected: "a next_cursor of this listing with the same filters".into(),
            })
        };
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
        let cursor: Cursor<T> = serde_json::from_slice(&bytes).map_err(|_| refused())?;
        let fits = cursor.v == VERSION && cursor.check == self.cursor_check(actor, &cursor.position)?;
        if fits { Ok(Some(cursor.position)) } else { Err(refused()) }
    }

    /// The cursor of a position.
    ///
    /// # Errors
    /// When the position cannot be written as JSON, which would be a bug.
    pub fn next_cursor<T: Serialize>(&self, actor: &UserId, position: &T) -> Result<String> {
        let check = self.cursor_check(actor, position)?.into();
        let json = serde_json::to_vec(&Cursor { v: VERSION, position, check }).map_err(Error::internal)?;
        Ok(URL_SAFE_NO_PAD.encode(json))
    }

    fn cursor_check<T: Serialize>(&self, actor: &UserId, position: &T) -> Result<String> {
        let position = serde_json::to_vec(position).map_err(Error::internal)?;
        let mut filters = self.filters();
        filters.sort_unstable();
        let texts = [self.operation, actor.as_str()].into_iter().chain(filters.into_iter().flat_map(<[&str; 2]>::from));
        let mut check = fingerprint(texts.map(str::as_bytes).chain([position.as_slice()]));
        check.truncate(CHECK_DIGITS);
        Ok(check)
    }
}

#[cfg(test)]
mod tests {
    use rollcall_accounts::random::SystemRandomness;

    use super::*;
    use crate::{Route, call::Arrival};

    fn call(query: &str) -> Call {
        let request = http::Request::get(format!("/v1/users?{query}")).body(bytes::Bytes::new()).unwrap();
        let arrival =
            Arrival { source: None, request_id: String::new(), now: rollcall_accounts::Timestamp::UNIX_EPOCH };
        Call::new(Route::of("list-users").unwrap(), request, arrival).unwrap()
    }

    #[test]
    fn a_cursor_serves_its_own_filters_and_actor_only() {
        let (ana, eve) = (UserId::random(&SystemRandomness), UserId::random(&SystemRandomness));
        let cursor = call("kind=technician&q=a").next_cursor(&ana, &("place", 7)).unwrap();
        let tampered = {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(&cursor).unwrap()).unwrap();
            URL_SAFE_NO_PAD.encode(text.replace("place", "plaza"))
        };
        for (name, actor, query, fits) in [
            ("as it was", &ana, format!("kind=technician&q=a&cursor={cursor}"), true),
            ("another limit and order", &ana, format!("cursor={cursor}&limit=3&q=a&kind=technician"), true),
            ("another filter", &ana, format!("kind=end_user&q=a&cursor={cursor}"), false),
            ("a filter less", &ana, format!("q=a&cursor={cursor}"), false),
            ("another actor", &eve, format!("kind=technician&q=a&cursor={cursor}"), false),
            ("tampered", &ana, format!("kind=technician&q=a&cursor={tampered}"), false),
            ("nonsense", &ana, "kind=technician&q=a&cursor=%20x".to_owned(), false),
        ] {
            let outcome = call(&query).cursor::<(String, u32)>(actor);
            let wanted = if fits { Ok(Some(("place".to_owned(), 7))) } else { Err("parameter_not_valid".to_owned()) };
            assert_eq!(outcome.map_err(|error| error.code().to_owned()), wanted, "{name}");
        }
        assert_eq!(call("q=a").cursor::<u32>(&ana).map_err(|error| error.code().to_owned()), Ok(None));
    }
}
