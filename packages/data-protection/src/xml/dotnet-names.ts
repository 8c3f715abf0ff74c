/**
 * The class that an assembly-qualified .NET type name names. Version, culture and token do not count, and the name from
 * before ASP.NET was called Core is the same class.
 */
export function classOf(typeName: string): string {
  const [name = ''] = typeName.split(',', 1);
  return name.trim().replace(/^Microsoft\.AspNet\.DataProtection(?=\.)/, 'Microsoft.AspNetCore.DataProtection');
}

/** Name, as .NET writes it, of a class of the Data Protection assembly. No reader looks at the version. */
export function dataProtectionType(name: string): string {
  return `${name}, Microsoft.AspNetCore.DataProtection, Version=8.0.0.0, Culture=neutral, PublicKeyToken=adb9793829ddae60`;
}

/** Namespace of `requiresEncryption` and `encryptedSecret`. */
export const dataProtectionNamespace = 'http://schemas.asp.net/2015/03/dataProtection';
