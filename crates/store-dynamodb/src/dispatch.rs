//! Sends calls.
//!
//! An async body is compiled where it is awaited, and that is every function's own package: all that is below an
//! SDK call would be compiled again in each of them. A boxed future made by a function of this crate that is not
//! generic is compiled here, once. What many functions use of this crate is `#[boxed]` for the same reason.

use aws_sdk_dynamodb::{error::SdkError, operation};
use futures_util::future::BoxFuture;

/// A call that can be sent.
pub(crate) trait Dispatch {
    /// Its answer.
    type Answer;
    /// Its own errors.
    type Failure;

    /// Sends it.
    fn dispatch(self) -> BoxFuture<'static, Result<Self::Answer, SdkError<Self::Failure>>>;
}

macro_rules! dispatch {
    ($($module:ident $builder:ident $answer:ident $failure:ident,)*) => {$(
        impl Dispatch for operation::$module::builders::$builder {
            type Answer = operation::$module::$answer;
            type Failure = operation::$module::$failure;

            fn dispatch(self) -> BoxFuture<'static, Result<Self::Answer, SdkError<Self::Failure>>> {
                Box::pin(self.send())
            }
        }
    )*};
}

dispatch! {
    get_item GetItemFluentBuilder GetItemOutput GetItemError,
    put_item PutItemFluentBuilder PutItemOutput PutItemError,
    update_item UpdateItemFluentBuilder UpdateItemOutput UpdateItemError,
    delete_item DeleteItemFluentBuilder DeleteItemOutput DeleteItemError,
    query QueryFluentBuilder QueryOutput QueryError,
    batch_get_item BatchGetItemFluentBuilder BatchGetItemOutput BatchGetItemError,
    batch_write_item BatchWriteItemFluentBuilder BatchWriteItemOutput BatchWriteItemError,
    transact_write_items TransactWriteItemsFluentBuilder TransactWriteItemsOutput TransactWriteItemsError,
    batch_execute_statement BatchExecuteStatementFluentBuilder BatchExecuteStatementOutput BatchExecuteStatementError,
}
