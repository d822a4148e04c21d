import 'reflect-metadata';
import { hello } from '#kernel/hello';
console.log(hello);
