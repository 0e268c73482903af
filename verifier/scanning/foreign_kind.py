"""What people hold under a scanner that is no licence, and what to ask them for: one row for each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from standards.text import Text


class ForeignKind(StrEnum):
    """Kinds that the window tells apart; stable, part of the outside."""

    EMPTY = "empty"
    NO_CODE = "no-code"
    UNREADABLE = "unreadable"
    TOO_LONG = "too-long"
    DAMAGED_PICTURE = "damaged-picture"
    TOO_LARGE = "too-large"
    UNSUPPORTED_FILE = "unsupported-file"
    PHONE_PHOTO_FORMAT = "phone-photo-format"
    ENCRYPTED_PDF = "encrypted-pdf"
    DAMAGED_PDF = "damaged-pdf"
    BUSY = "busy"
    JSON_WITHOUT_LICENCE = "json-without-licence"
    WINDOW_REQUEST = "window-request"
    OFFER = "offer"
    WEB_LINK = "web-link"
    APP_LINK = "app-link"
    SCRIPT = "script"
    PAYMENT_CODE = "payment-code"
    PAYEE_CODE = "payee-code"
    CONTACT_CODE = "contact-code"
    HEALTH_CODE = "health-code"
    RAIL_TICKET = "rail-ticket"
    BOARDING_PASS = "boarding-pass"
    INVOICE = "invoice"
    PRODUCT_CODE = "product-code"
    PHONE_NUMBER = "phone-number"
    PLAIN_NUMBER = "plain-number"
    LICENCE_IDENTIFIER = "licence-identifier"
    ORGANISATION_NUMBER = "organisation-number"
    ID_NUMBER = "id-number"
    WIFI = "wifi"
    VCARD = "vcard"
    MESSAGE = "message"
    PASSWORD_GENERATOR = "one-time-password"
    CRYPTOCURRENCY = "cryptocurrency"
    ENCRYPTED_RESPONSE = "encrypted-response"
    OTHER_TOKEN = "other-token"
    MOBILE_DOCUMENT = "mobile-document"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Named:
    """What it is, and what to do."""

    what: Text
    ask: Text


_SHOW = Text(
    "请申请人打开电子证照钱包，点“出示”，把亮证码对准扫码枪。",
    "Ask the applicant to open the wallet, tap “Show”, and hold the code under the scanner.",
)
_AGAIN = Text(
    "请靠近一些、对准再扫一次；仍不行时，请申请人重新打开亮证码。",
    "Scan it again, closer; if it fails, ask the applicant to open the code anew.",
)
_NUMBER = Text(
    "号码不能证明持有证照。请申请人在钱包中出示证照。",
    "A number proves nothing. Ask the applicant to show the licence from the wallet.",
)

NAMES: Final[Mapping[ForeignKind, Named]] = {
    ForeignKind.EMPTY: Named(Text("没有扫到内容。", "Nothing was scanned."), _AGAIN),
    ForeignKind.NO_CODE: Named(
        Text("图片中没有找到二维码。", "There is no QR code in the picture."),
        Text(
            "请让二维码完整、清楚地出现在图片里，或请申请人当面亮码。",
            "Give a picture with the whole code, sharp, or ask the applicant to show the code here.",
        ),
    ),
    ForeignKind.UNREADABLE: Named(
        Text("这个码里的内容不是文字，认不出来。", "The content of this code is no text that can be read."),
        _SHOW,
    ),
    ForeignKind.TOO_LONG: Named(Text("内容过长，不会是证照。", "This is too long to be a licence."), _SHOW),
    ForeignKind.DAMAGED_PICTURE: Named(
        Text("这张图片打不开。", "This picture cannot be opened."),
        Text("请换一张图片，或请申请人当面亮码。", "Give another picture, or ask for the code itself."),
    ),
    ForeignKind.TOO_LARGE: Named(
        Text("图片或文件过大，没有打开。", "The picture or file is too large; it was not opened."),
        Text(
            "请截取二维码所在的一小块再上传，或请申请人当面亮码。",
            "Cut out the part with the code, or ask the applicant to show the code here.",
        ),
    ),
    ForeignKind.UNSUPPORTED_FILE: Named(
        Text("不支持这种文件。", "Files of this kind cannot be checked."),
        Text(
            "请提供 PNG、JPEG、WebP 图片或 PDF，或请申请人当面亮码。",
            "Give a PNG, JPEG or WebP picture or a PDF, or ask the applicant to show the code here.",
        ),
    ),
    ForeignKind.PHONE_PHOTO_FORMAT: Named(
        Text(
            "这是手机的 HEIC 照片，这里打不开。",
            "This is a HEIC photograph of a phone; it cannot be opened here.",
        ),
        Text(
            "请申请人发 JPEG 或截图，或当面亮码。",
            "Ask for a JPEG or a screenshot, or for the code itself.",
        ),
    ),
    ForeignKind.ENCRYPTED_PDF: Named(
        Text("这份 PDF 有密码，打不开。", "This PDF opens with a password only."),
        Text(
            "请申请人提供没有密码的文件，或当面亮码。",
            "Ask for the file without a password, or for the code itself.",
        ),
    ),
    ForeignKind.DAMAGED_PDF: Named(
        Text("这份 PDF 已损坏，或复杂得无法打开。", "This PDF is damaged, or too complicated to be opened."),
        Text(
            "请申请人重新下载文件，或当面亮码。",
            "Ask the applicant to download it anew, or to show the code.",
        ),
    ),
    ForeignKind.BUSY: Named(
        Text(
            "正在处理的 PDF 太多，这一份还没有看。",
            "Too many PDF documents are being read; this one was not looked at yet.",
        ),
        Text("请稍后再试，或请申请人当面亮码。", "Try again in a moment, or ask for the code itself."),
    ),
    ForeignKind.JSON_WITHOUT_LICENCE: Named(
        Text(
            "JSON 中没有 credential 项，或不止一份证照。",
            "The JSON has no single credential in it.",
        ),
        _SHOW,
    ),
    ForeignKind.WINDOW_REQUEST: Named(
        Text(
            "这是窗口给申请人手机扫的请求码，不是证照。",
            "This is the code by which a window asks a wallet; it is no licence.",
        ),
        Text(
            "请申请人用钱包扫描屏幕上的这个码，不要用扫码枪扫。",
            "Let the applicant scan it with the wallet, not with the window's scanner.",
        ),
    ),
    ForeignKind.OFFER: Named(
        Text(
            "这是领取证照的码，证照还没有领到钱包里。",
            "This code offers a licence; it is not in the wallet yet.",
        ),
        Text(
            "请申请人先用钱包扫这个码领取证照，再出示。",
            "Let the applicant collect the licence with the wallet first, then show it.",
        ),
    ),
    ForeignKind.WEB_LINK: Named(
        Text(
            "这是一个网址，不是证照。窗口不会打开它。",
            "This is a web address, no licence. The window does not open it.",
        ),
        _SHOW,
    ),
    ForeignKind.APP_LINK: Named(
        Text("这是打开某个应用的链接，不是证照。", "This link opens some app; it is no licence."), _SHOW
    ),
    ForeignKind.SCRIPT: Named(
        Text(
            "这个码里是网页程序，可能有恶意。窗口没有执行它。",
            "This code holds a script and may be meant to do harm. The window did not run it.",
        ),
        Text(
            "不要用其他设备打开它，并按规定报告。",
            "Do not open it on another device, and report it as your rules say.",
        ),
    ),
    ForeignKind.PAYMENT_CODE: Named(
        Text(
            "这像是微信或支付宝的付款码，不是证照。窗口没有保存它。",
            "This looks like a WeChat or Alipay payment code, no licence. The window kept nothing of it.",
        ),
        Text(
            "请申请人关闭付款码，打开电子证照钱包的“出示”。",
            "Ask the applicant to close the payment code and open “Show” in the licence wallet.",
        ),
    ),
    ForeignKind.PAYEE_CODE: Named(
        Text("这是收款码，不是证照。", "This code takes payments; it is no licence."), _SHOW
    ),
    ForeignKind.CONTACT_CODE: Named(
        Text(
            "这是加好友或小程序的码，不是证照。",
            "This code adds a contact or opens a mini program; it is no licence.",
        ),
        _SHOW,
    ),
    ForeignKind.HEALTH_CODE: Named(
        Text("这是健康码或接种证明，不是证照。", "This is a health certificate, no licence."), _SHOW
    ),
    ForeignKind.RAIL_TICKET: Named(
        Text("这像是火车票的码，不是证照。", "This looks like a rail ticket, no licence."), _SHOW
    ),
    ForeignKind.BOARDING_PASS: Named(
        Text("这是登机牌，不是证照。", "This is a boarding pass, no licence."), _SHOW
    ),
    ForeignKind.INVOICE: Named(
        Text("这是发票的码，不是证照。", "This is the code of an invoice, no licence."), _SHOW
    ),
    ForeignKind.PRODUCT_CODE: Named(
        Text("这是商品条码，不是证照。", "This is a product's bar code, no licence."), _SHOW
    ),
    ForeignKind.PHONE_NUMBER: Named(
        Text("这是一个手机号码，不是证照。", "This is a telephone number, no licence."), _SHOW
    ),
    ForeignKind.PLAIN_NUMBER: Named(
        Text("这只是一串数字，不是证照。", "This is only a number, no licence."), _NUMBER
    ),
    ForeignKind.LICENCE_IDENTIFIER: Named(
        Text(
            "这是证照标识码，只是证照的编号。", "This is a licence identifier: only the number of a licence."
        ),
        _NUMBER,
    ),
    ForeignKind.ORGANISATION_NUMBER: Named(
        Text("这是统一社会信用代码，不是证照。", "This is a unified social credit code, no licence."), _NUMBER
    ),
    ForeignKind.ID_NUMBER: Named(
        Text(
            "这是公民身份号码，不是证照。窗口没有保存它。",
            "This is a citizen's number, no licence. The window kept nothing of it.",
        ),
        _NUMBER,
    ),
    ForeignKind.WIFI: Named(
        Text(
            "这是无线网络的密码，不是证照。窗口没有连接它。",
            "This is the password of a wireless network, no licence. The window did not join it.",
        ),
        _SHOW,
    ),
    ForeignKind.VCARD: Named(
        Text("这是一张电子名片，不是证照。", "This is a business card, no licence."), _SHOW
    ),
    ForeignKind.MESSAGE: Named(
        Text(
            "这个码用来打电话、发短信或邮件，不是证照。",
            "This code makes a call or writes a message; it is no licence.",
        ),
        _SHOW,
    ),
    ForeignKind.PASSWORD_GENERATOR: Named(
        Text(
            "这是动态口令的密钥，不是证照。窗口没有保存它，请申请人不要给别人看。",
            "This is the secret of a one-time password, no licence. The window kept nothing of it; it should be shown to nobody.",
        ),
        _SHOW,
    ),
    ForeignKind.CRYPTOCURRENCY: Named(
        Text("这是虚拟货币的收款地址，不是证照。", "This is the address of a cryptocurrency, no licence."),
        _SHOW,
    ),
    ForeignKind.ENCRYPTED_RESPONSE: Named(
        Text(
            "这是加密的出示结果，只有提出请求的窗口能打开。",
            "This is an encrypted answer, which only the window that asked can open.",
        ),
        Text("请从事项重新发起请求。", "Ask again from the service item."),
    ),
    ForeignKind.OTHER_TOKEN: Named(
        Text(
            "这是别的系统的令牌，不是证照。窗口没有保存它。",
            "This is a token of another system, no licence. The window kept nothing of it.",
        ),
        _SHOW,
    ),
    ForeignKind.MOBILE_DOCUMENT: Named(
        Text(
            "这是 ISO 18013-5 移动证件的连接码，这里还不能读取。",
            "This code begins an ISO 18013-5 mobile document; it cannot be read here yet.",
        ),
        _SHOW,
    ),
    ForeignKind.TEXT: Named(Text("这是一段文字，不是证照。", "This is some text, no licence."), _SHOW),
}
