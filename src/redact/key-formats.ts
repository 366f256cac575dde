// redact/key-formats.ts: keys and tokens that can be recognised by how their issuers write them

import { CUT } from "../lib/clip.ts";

/** A prefix as its issuer documents it, the characters that follow, and how many there are at least. */
type Format = { readonly issuer: string; readonly prefix: string; readonly of: string; readonly least: number };

const BASE62 = "A-Za-z0-9";
const BASE64URL = "A-Za-z0-9_-";
const HEX = "a-f0-9";
const DOTTED = "A-Za-z0-9_.-";

const format = (issuer: string, prefix: string, of: string, least: number): Format => ({ issuer, prefix, of, least });

/** What secret scanners look for, written down from the issuers' own documents. Stated in the README by issuer. */
export const KEY_FORMATS: readonly Format[] = [
  format("AWS access key", "(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA|AGPA|AIPA|ANPA|ANVA)", "A-Z0-9", 16),
  format("AWS Bedrock", "ABSK", "A-Za-z0-9+/=", 40),
  format("GitHub", "gh[pousr]_", BASE62, 20),
  format("GitHub", "github_pat_", "A-Za-z0-9_", 20),
  format("GitLab", "gl(?:pat|dt|rt|rtr|ft|soat|imt|agent|cbt|ptt|oas|ffct|wt)-", DOTTED, 16),
  format("GitLab", "GR1348941", BASE64URL, 16),
  format("Slack", "xox[abceoprs]-", "A-Za-z0-9-", 10),
  format("Slack", "xapp-\\d-", "A-Za-z0-9-", 10),
  format("Slack webhook", "hooks\\.slack\\.com/(?:services|workflows|triggers)/", "A-Za-z0-9/_-", 16),
  format("Discord webhook", "discord(?:app)?\\.com/api/webhooks/\\d{5,20}/", BASE64URL, 16),
  format("Microsoft Teams webhook", "webhook\\.office\\.com/webhookb2/", "A-Za-z0-9/@-", 16),
  format("Stripe", "(?:sk|rk|pk)_(?:live|test)_", BASE62, 10),
  format("Stripe webhook", "whsec_", "A-Za-z0-9+/=", 16),
  format("Google API key", "AIza", BASE64URL, 30),
  format("Google OAuth", "ya29\\.", DOTTED, 16),
  format("Google OAuth client", "GOCSPX-", BASE64URL, 16),
  format("Google refresh token", "1//0", BASE64URL, 24),
  format("SendGrid", "SG\\.", DOTTED, 20),
  format("Twilio", "(?:SK|AC)", HEX, 32),
  format("Mailgun", "key-", HEX, 32),
  format("Mailchimp", "[0-9a-f]{32}-us", "0-9", 1),
  format("Brevo", "xkeysib-", "a-f0-9-", 32),
  format("Postmark and Mandrill", "md-", BASE64URL, 22),
  format("npm", "npm_", BASE62, 30),
  format("PyPI", "pypi-", BASE64URL, 30),
  format("RubyGems", "rubygems_", HEX, 40),
  format("NuGet", "oy2", "a-z0-9", 43),
  format("crates.io", "cio", BASE62, 32),
  format("Docker", "dckr_(?:pat|oat)_", BASE64URL, 20),
  format("JFrog", "(?:AKCp|cmVmdGtu)", BASE62, 50),
  format("OpenAI and others", "sk-(?:proj-|svcacct-|admin-|or-v1-|None-)?", BASE64URL, 20),
  format("Anthropic", "sk-ant-", BASE64URL, 20),
  format("Hugging Face", "(?:hf|api_org)_", BASE62, 30),
  format("Replicate", "r8_", BASE62, 30),
  format("Groq", "gsk_", BASE62, 40),
  format("xAI", "xai-", BASE62, 60),
  format("Perplexity", "pplx-", BASE62, 40),
  format("DigitalOcean", "do[opr]_v1_", HEX, 40),
  format("Heroku", "HRKU-", BASE64URL, 30),
  format("Fly.io", "(?:fo1_|fm[12][ar]?_)", "A-Za-z0-9+/=_,-", 40),
  format("Shopify", "shp(?:at|ca|pa|ss|ua)_", "a-fA-F0-9", 32),
  format("Square", "(?:sq0[a-z]{3}-|EAAA)", BASE64URL, 22),
  format("PayPal and Braintree", "access_token\\$(?:production|sandbox)\\$", "a-z0-9$", 16),
  format("Flutterwave", "FLW(?:SECK|PUBK)(?:_TEST)?-", "A-Za-z0-9-", 12),
  format("Razorpay", "rzp_(?:live|test)_", BASE62, 14),
  format("Adyen", "AQE", "A-Za-z0-9+/=.%-", 60),
  format("Plaid", "access-(?:sandbox|development|production)-", "a-f0-9-", 30),
  format("Atlassian", "AT(?:ATT|CTT|BB|LAB)[A-Za-z0-9]", "A-Za-z0-9_=-", 20),
  format("Linear", "lin_(?:api|oauth)_", BASE62, 30),
  format("Notion", "(?:ntn_|secret_)", BASE62, 40),
  format("Airtable", "pat[A-Za-z0-9]{14}\\.", HEX, 40),
  format("Figma", "fig[dopru]_", BASE64URL, 30),
  format("Asana", "[012]/\\d{10,20}:", HEX, 32),
  format("Databricks", "dapi", HEX, 32),
  format("Doppler", "dp\\.(?:pt|st|ct|sa|scim|audit)\\.", DOTTED, 30),
  format("HashiCorp Vault", "hv[sbr]\\.", BASE64URL, 20),
  format("HashiCorp Terraform", "[A-Za-z0-9]{14}\\.atlasv1\\.", BASE64URL, 40),
  format("Pulumi", "pul-", HEX, 40),
  format("Grafana", "gl(?:c|sa)_", "A-Za-z0-9+/=_", 20),
  format("New Relic", "NR(?:AK|II|RA|BR|SP)-", BASE62, 20),
  format("Sentry", "sntry[su]_", "A-Za-z0-9+/=_", 30),
  format("Dynatrace", "dt0[a-z]\\d\\d\\.", "A-Z0-9.", 40),
  format("PlanetScale", "pscale_(?:tkn|oauth|pw)_", DOTTED, 30),
  format("Supabase", "sb(?:p|_secret)_", BASE64URL, 20),
  format("Neon", "napi_", "a-z0-9", 40),
  format("Postman", "PMAK-", "a-f0-9-", 40),
  format("SonarQube", "sq[apu]_", HEX, 40),
  format("CircleCI", "CCIPAT_", BASE62, 20),
  format("Buildkite", "bk(?:ua|at|ct)_", HEX, 30),
  format("Netlify", "nf[pcobus]_", BASE62, 30),
  format("Vercel", "vc[pkira]_", BASE62, 20),
  format("Telegram bot", "\\d{8,10}:AA", BASE64URL, 32),
  format("Discord bot", "[MNO][A-Za-z\\d]{23,26}\\.[\\w-]{6}\\.", BASE64URL, 25),
  format("Facebook", "EAA", BASE62, 40),
  format("LinkedIn", "WPL_AP1\\.", "A-Za-z0-9.+/=", 16),
  format("Dropbox", "sl\\.(?:u\\.)?", BASE64URL, 60),
  format("Alibaba Cloud", "LTAI", BASE62, 12),
  format("Tencent Cloud", "AKID", BASE62, 32),
  format("Yandex Cloud", "(?:AQVN|YCAJE|YC[MNOP])", BASE64URL, 30),
  format("IBM Cloud", "ApiKey-", "a-f0-9-", 36),
  format("Azure AD client secret", "[A-Za-z0-9_~.-]{3}[78]Q~", "A-Za-z0-9_~.-", 31),
  format("1Password", "(?:ops_eyJ|A3-[A-Z0-9]{6}-)", "A-Za-z0-9_.-", 20),
  format("age", "AGE-SECRET-KEY-1", "A-Z0-9", 40),
  format("Tailscale", "tskey-[a-z]{2,10}-", BASE64URL, 20),
  format("BIP 32", "[xyztuv]prv", BASE62, 80),
  format("password hash", "\\$2[abxy]\\$\\d\\d\\$", "A-Za-z0-9./", 50),
  format("password hash", "\\$[156y]\\$(?:rounds=\\d{1,9}\\$)?[A-Za-z0-9./]{0,40}\\$", "A-Za-z0-9./", 20),
  format(
    "password hash",
    "\\$argon2i?d?\\$(?:v=\\d{1,4}\\$)?m=[\\d,tp=]{1,40}\\$[A-Za-z0-9+/]{1,90}\\$",
    "A-Za-z0-9+/",
    16,
  ),
  format("Prefect and others", "(?:pnu|pnb)_", BASE62, 30),
];

const alternatives = KEY_FORMATS.map(({ prefix, of, least }) => `${prefix}(?:[${of}]{${least},}|[${of}]*(?=${CUT}$))`);

/** Each format whole, or begun where the text was cut. Every quantifier that may have to go back is bounded. */
export const KEYS = new RegExp(`(?<![A-Za-z0-9])(?:${alternatives.join("|")})`, "g");
