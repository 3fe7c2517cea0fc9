//! Japanese.

use super::{DigestTexts, InvitationTexts, Texts};

pub(super) const TEXTS: Texts = Texts {
    tag: "ja",
    greeting: "{name} 様",
    invitation: InvitationTexts {
        subject: "{who} より Rollcall への招待 · {day}まで有効",
        lead: [
            "{organization} の {inviter} さんから、Rollcall アカウントの登録への招待が届いています。登録は 2 分ほどで完了します。",
            "{inviter} さんから、Rollcall アカウントの登録への招待が届いています。登録は 2 分ほどで完了します。",
            "{organization} から、Rollcall アカウントの登録への招待が届いています。登録は 2 分ほどで完了します。",
            "Rollcall アカウントの登録への招待が届いています。登録は 2 分ほどで完了します。",
        ],
        button: "招待を受ける",
        expires: "このリンクの有効期限は {expires} です。期限後は、同じリンクから新しいリンクを申請できます。",
        replaces: "このリンクは、以前お送りしたメールのリンクに代わるものです。",
        unexpected: "心当たりがない場合は、このメールを無視してください。操作しない限り何も起こりません。",
        questions: "ご質問は {inviter} さんまで: {email}",
    },
    digest: DigestTexts {
        subject: ["1 件の招待が期限切れになりました", "{count} 件の招待が期限切れになりました"],
        lead: [
            "お送りになった招待が、登録の完了前に期限切れになりました。",
            "お送りになった招待のうち {count} 件が、登録の完了前に期限切れになりました。",
        ],
        more: "… ほか {more} 件",
        button: "期限切れの招待を見る",
        note: "再送すると新しいリンクが届きます。本人が古いリンクから申請することもできます。",
    },
    bare: "または、次のリンクをブラウザーで開いてください。",
    footer: "このメールアドレスのアカウントが作成されたため、Rollcall からお送りしています。",
    moment: "{year}年{month}{day}日 {time} (UTC)",
    short_day: "{month}{day}日",
    months: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
    short_months: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
};
