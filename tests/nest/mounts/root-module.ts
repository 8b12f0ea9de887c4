import type { ModuleMetadata, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';

/** An app's root module. */
export function rootModule(metadata: ModuleMetadata): Type {
  @Module(metadata)
  class AppModule {}
  return AppModule;
}
