import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.ts';
import type { DataProtectorFactory } from '../protection/data-protector.ts';
import { SecureDataFormat } from './tickets/secure-data-format.ts';
import { PropertiesDataFormat } from './tickets/ticket-data-format.ts';

/** The class that handles OpenID Connect in ASP.NET Core: a purpose of its `state`. */
export const openIdConnectHandler = 'Microsoft.AspNetCore.Authentication.OpenIdConnect.OpenIdConnectHandler';

/**
 * The `state` parameter by which a sign-in at another site finds its way back: protected properties.
 *
 * @param handler full name of the handler's class, `openIdConnectHandler` or for example
 *   `Microsoft.AspNetCore.Authentication.Google.GoogleHandler`
 * @param scheme the scheme it is registered as, such as `OpenIdConnect` or `Google`
 */
export function stateFormat(provider: DataProtectorFactory, handler: string, scheme: string): PropertiesDataFormat {
  return new PropertiesDataFormat(provider.createProtector(handler, scheme, 'v1'));
}

/** The nonce of OpenID Connect, which is the end of a cookie's name after `.AspNetCore.OpenIdConnect.Nonce.`. */
export function nonceFormat(provider: DataProtectorFactory, scheme = 'OpenIdConnect'): SecureDataFormat<string> {
  const protector = provider.createProtector(openIdConnectHandler, 'System.String', scheme, 'v1');
  return new SecureDataFormat({ serialize: encodeUtf8, deserialize: decodeUtf8 }, protector);
}
