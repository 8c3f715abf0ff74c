export {
  AzureBlobXmlRepository,
  type AzureBlobClient,
  type AzureBlobOptions,
} from './repositories/azure-blob-xml-repository.ts';
