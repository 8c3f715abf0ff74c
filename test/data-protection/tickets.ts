import {
  AuthenticationProperties,
  ClaimsIdentity,
  ClaimsPrincipal,
  type AuthenticationTicket,
} from '@poolhouse/data-protection/cookies';

/** What `/sign-in` of the ASP.NET Core application takes, see `SignInEndpoints.cs`. */
export interface SignIn {
  readonly identities: readonly Identity[];
  readonly persistent: boolean;
  readonly issued?: Date;
  readonly expires?: Date;
  readonly items?: Readonly<Record<string, string>>;
}

export interface Identity {
  readonly authenticationType?: string;
  readonly nameType?: string;
  readonly roleType?: string;
  readonly claims: readonly ClaimText[];
  readonly bootstrap?: string;
  readonly actor?: Identity;
}

interface ClaimText {
  readonly type: string;
  readonly value: string;
  readonly valueType?: string;
  readonly issuer?: string;
  readonly originalIssuer?: string;
  readonly properties?: Readonly<Record<string, string>>;
}

export function principalOf({ identities }: SignIn): ClaimsPrincipal {
  return new ClaimsPrincipal(identities.map(identityOf));
}

function identityOf({
  authenticationType = '',
  nameType,
  roleType,
  claims,
  bootstrap,
  actor,
}: Identity): ClaimsIdentity {
  return new ClaimsIdentity(
    authenticationType,
    claims.map(({ properties = {}, ...claim }) => ({ ...claim, properties: new Map(Object.entries(properties)) })),
    {
      ...(nameType === undefined ? {} : { nameClaimType: nameType }),
      ...(roleType === undefined ? {} : { roleClaimType: roleType }),
      ...(bootstrap === undefined ? {} : { bootstrapContext: bootstrap }),
      ...(actor === undefined ? {} : { actor: identityOf(actor) }),
    },
  );
}

export function propertiesOf({ persistent, issued, expires, items = {} }: SignIn): AuthenticationProperties {
  const properties = new AuthenticationProperties();
  properties.isPersistent = persistent;
  properties.issuedUtc = issued ?? null;
  properties.expiresUtc = expires ?? null;
  for (const [key, value] of Object.entries(items)) properties.items.set(key, value);
  return properties;
}

/** In the form in which `/user` describes its own. */
export function describeTicket({ authenticationScheme, principal, properties }: AuthenticationTicket): object {
  return {
    authenticationScheme,
    name: principal.identity?.name ?? null,
    isAdmin: principal.isInRole('Admin'),
    identities: principal.identities.map(describeIdentity),
    items: Object.fromEntries(properties.items),
  };
}

function describeIdentity(identity: ClaimsIdentity): object {
  return {
    authenticationType: identity.authenticationType,
    nameType: identity.nameClaimType,
    roleType: identity.roleClaimType,
    bootstrap: identity.bootstrapContext,
    claims: identity.claims.map(({ properties, ...claim }) => ({
      ...claim,
      properties: Object.fromEntries(properties),
    })),
    actor: identity.actor === null ? null : describeIdentity(identity.actor),
  };
}
