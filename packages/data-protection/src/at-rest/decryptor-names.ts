/** Namespace of ASP.NET Core's own decryptors. */
export const encryptionNamespace = 'Microsoft.AspNetCore.DataProtection.XmlEncryption';
