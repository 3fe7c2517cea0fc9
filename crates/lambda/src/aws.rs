//! The SDK's configuration in a function: what Lambda gives it stands in the environment, and nowhere else. The SDK's
//! own search (profiles, containers, instances, roles by a token, with a client for each) would only be weight.

use std::collections::BTreeMap;

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::{rt::sleep::TokioSleep, time::SharedTimeSource};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{
    SdkConfig,
    region::Region,
    service_config::{LoadServiceConfig, ServiceConfigKey},
};

use crate::{
    Error,
    https::{CONNECT, Https},
    traces::Daemon,
};

/// What AWS's endpoints are trusted by.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

/// A client that trusts Amazon's roots or those in the file that the standard variable names. (Reading the system's
/// store costs 2 ms of every cold start.)
pub(crate) fn https(vars: &BTreeMap<String, String>) -> Result<Https, Error> {
    let daemon = Daemon::of(vars);
    match vars.get("AWS_CA_BUNDLE") {
        Some(file) => {
            let roots = std::fs::read(file).map_err(|error| format!("AWS_CA_BUNDLE cannot be read: {error}"))?;
            Https::new(&roots, daemon)
        }
        None => Https::new(AMAZON_ROOTS, daemon),
    }
}

/// The SDK's configuration by the standard variables: region, credentials, endpoints.
pub(crate) fn configuration(vars: &BTreeMap<String, String>) -> Result<SdkConfig, Error> {
    let var = |name: &str| vars.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let needed = |name: &str| var(name).ok_or_else(|| format!("the environment variable {name} is not set"));
    let credentials = Credentials::new(
        needed("AWS_ACCESS_KEY_ID")?,
        needed("AWS_SECRET_ACCESS_KEY")?,
        var("AWS_SESSION_TOKEN").map(str::to_owned),
        None,
        "EnvironmentVariable",
    );
    let region = var("AWS_REGION").map_or_else(|| needed("AWS_DEFAULT_REGION"), Ok)?;
    let on = |name: &str| var(name).map(|value| value.eq_ignore_ascii_case("true"));
    let mut builder = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(https(vars)?)
        .retry_config(RetryConfig::standard())
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT).build())
        .sleep_impl(TokioSleep::new())
        .time_source(SharedTimeSource::default())
        .service_config(Endpoints(vars.clone()));
    builder.set_endpoint_url(var("AWS_ENDPOINT_URL").map(str::to_owned));
    builder.set_use_fips(on("AWS_USE_FIPS_ENDPOINT"));
    builder.set_use_dual_stack(on("AWS_USE_DUALSTACK_ENDPOINT"));
    Ok(builder.build())
}

/// A service's own endpoint: `AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_SESV2`.
#[derive(Debug)]
struct Endpoints(BTreeMap<String, String>);

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace(' ', "_");
        self.0.get(&format!("{}_{service}", key.env())).filter(|value| !value.is_empty()).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vars(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let given = [("AWS_REGION", "eu-central-1"), ("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "s")];
        given.iter().chain(pairs).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_lambda_gives_is_taken_from_the_environment() {
        let sdk = configuration(&vars(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:1")])).unwrap();
        assert_eq!(sdk.region().map(Region::as_ref), Some("eu-central-1"));
        assert_eq!(sdk.endpoint_url(), Some("http://127.0.0.1:1"));
        assert_eq!((sdk.use_fips(), sdk.use_dual_stack()), (None, None));
        assert_eq!(configuration(&vars(&[("AWS_USE_FIPS_ENDPOINT", "true")])).unwrap().use_fips(), Some(true));
    }

    #[test]
    fn a_service_may_have_an_endpoint_of_its_own() {
        let endpoints = Endpoints(vars(&[("AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2", "http://127.0.0.1:2")]));
        let of = |service: &'static str| {
            let key = ServiceConfigKey::builder().service_id(service).env("AWS_ENDPOINT_URL").profile("endpoint_url");
            endpoints.load_config(key.build().unwrap())
        };
        assert_eq!(of("Pinpoint SMS Voice V2").as_deref(), Some("http://127.0.0.1:2"));
        assert_eq!(of("DynamoDB"), None);
    }

    #[test]
    fn without_credentials_a_function_does_not_start() {
        for missing in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            let mut vars = vars(&[]);
            vars.remove(missing);
            assert!(configuration(&vars).is_err(), "{missing}");
        }
        assert!(configuration(&vars(&[("AWS_CA_BUNDLE", "/nowhere")])).is_err());
    }
}
