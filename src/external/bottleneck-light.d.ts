// The build without Redis, which a bundle can hold; it brings no types of its own.
declare module 'bottleneck/light.js' {
  export { default } from 'bottleneck'
}
